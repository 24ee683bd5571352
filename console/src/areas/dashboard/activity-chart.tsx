import { LineChart } from '@mantine/charts';
import { useFormat } from '../../language/format.ts';
import type { DayCount } from './day-count.ts';
import { dashboardPhrases } from './phrases.ts';
import '@mantine/charts/styles.layer.css';

interface ActivityChartProps {
  title: string;
  curve: readonly DayCount[];
  /** Pixels. */
  height: number;
}

/** A line over the days. Its numbers are for the eye and the pointer; the table has them for everyone. */
export default function ActivityChart({ title, curve, height }: ActivityChartProps) {
  const t = dashboardPhrases.use();
  const format = useFormat();
  const points = curve.map(({ date, count }) => ({ day: format.day(date), count }));
  const ticks = [0, 0.5, 1].flatMap((part) => points[Math.floor((points.length - 1) * part)]?.day ?? []);
  return (
    <div role="img" aria-label={t('activity.picture', { title })}>
      <LineChart
        h={height}
        data={points}
        dataKey="day"
        series={[{ name: 'count', label: t('activity.users'), color: 'var(--accent)' }]}
        curveType="linear"
        strokeWidth={1.5}
        withDots={false}
        activeDotProps={{ r: 3, strokeWidth: 1 }}
        gridColor="var(--line)"
        strokeDasharray="0"
        tickLine="none"
        valueFormatter={format.number}
        xAxisProps={{ ticks, interval: 0, padding: { left: 20, right: 20 } }}
        yAxisProps={{ width: 'auto', tickCount: 3, allowDecimals: false }}
        lineProps={{ isAnimationActive: false }}
        lineChartProps={{ role: 'presentation', accessibilityLayer: false, margin: { top: 8, left: 10 } }}
      />
    </div>
  );
}
