import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import type { Chart, Drawn, Order } from './charts.ts'

use([BarChart, LineChart, GridComponent, SVGRenderer])

const SIZE = { width: 720, height: 300 }
/** More names than this do not fit below the axis; of more, every few. */
const MOST_NAMED = 10
/** More points than this stand too close to be marked one by one. */
const MOST_MARKED = 40
const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond']

/** Draws a chart as SVG. Colours are the page's tokens, so one drawing fits both themes; forms and dashes tell the lines apart as well. */
function draw({ labels, series, most, unit }: Chart): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...SIZE })
  const text = { color: 'var(--ink-2)', fontSize: 14 }
  const line = { lineStyle: { color: 'var(--line)' } }
  chart.setOption({
    animation: false,
    grid: { left: 8, right: 16, top: 16, bottom: 8, outerBoundsMode: 'same' },
    xAxis: {
      type: 'category',
      data: labels,
      axisLabel: { ...text, interval: labels.length > MOST_NAMED ? Math.ceil(labels.length / 8) - 1 : 'auto' },
      axisLine: line,
      axisTick: { show: false },
    },
    yAxis: { type: 'value', min: 0, max: most, minInterval: 1, axisLabel: { ...text, formatter: `{value}${unit}` }, splitLine: line },
    series: series.map(({ name, values, kind, tone }, place) => ({
      name,
      type: kind,
      data: values,
      clip: false,
      silent: true,
      itemStyle: { color: `var(--${tone})` },
      lineStyle: { color: `var(--${tone})`, width: 2.5, type: place % 2 ? 'dashed' : 'solid' },
      symbol: labels.length > MOST_MARKED ? 'none' : SYMBOLS[place % SYMBOLS.length],
      symbolSize: 9,
      barMaxWidth: 28,
    })),
  })
  const svg = chart.renderToSVGString()
  chart.dispose()
  return forThePage(svg)
}

/** Without what the page's policy forbids (styles in the drawing) or nobody needs (what the library would find again). */
const forThePage = (svg: string) =>
  svg
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/ style="font-size:(\d+)px[^"]*"/g, ' font-size="$1"')
    .replace(/ (class|ecmeta_\w+|pointer-events|baseProfile|xmlns:xlink|version)="[^"]*"/g, '')
    .replace(/<svg [^>]*viewBox="([^"]*)">/, '<svg viewBox="$1" aria-hidden="true" focusable="false">')
    .replace(/\n+/g, '\n')

process.on('message', ({ id, chart }: Order) => {
  const answer = (drawn: Omit<Drawn, 'id'>) => process.send?.({ id, ...drawn } satisfies Drawn)
  try {
    answer({ svg: draw(chart) })
  } catch (error) {
    answer({ failed: error instanceof Error ? error.message : String(error) })
  }
})
