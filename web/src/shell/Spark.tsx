// A small line without axes: how a figure went. The figure itself stands beside it in words.
export function Spark({ values, width = 220, height = 44 }: { values: readonly number[]; width?: number; height?: number }) {
  const top = Math.max(1e-9, ...values);
  const step = values.length > 1 ? width / (values.length - 1) : width;
  const points = values.map((value, at) => `${(at * step).toFixed(1)},${(height - 2 - (value / top) * (height - 4)).toFixed(1)}`).join(" ");
  return (
    <svg aria-hidden="true" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" className="spark">
      {values.length > 1 ? <polyline points={points} fill="none" stroke="#8fb0cc" strokeWidth="1.5" vectorEffect="non-scaling-stroke" /> : null}
    </svg>
  );
}
