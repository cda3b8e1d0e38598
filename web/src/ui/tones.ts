// The tones of lines in charts: all calm, told apart by tone and dash.
export const tones: readonly { colour: string; dash: number[] }[] = [
  { colour: "#a9c8e4", dash: [] },
  { colour: "#d9d2b0", dash: [8, 4] },
  { colour: "#a5d3bd", dash: [2, 4] },
  { colour: "#c6b3dd", dash: [10, 3, 2, 3] },
];
