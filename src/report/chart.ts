// Points and scales -> a chart as SVG text, drawn with the colours of the page that it stands in; pure.

export interface Axis {
  readonly name: string;
  /** `nines`: percentiles, each further nine with as much room. */
  readonly scale: "linear" | "logarithmic" | "nines";
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
}

export interface ChartLine {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Filled down to the x axis. */
  readonly filled?: true;
}

export interface Chart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly ChartLine[];
}

const SIZE = { width: 420, height: 240 } as const;
const PLOT = { left: 62, right: 12, top: 28, bottom: 40 } as const;
const PLOT_WIDTH = SIZE.width - PLOT.left - PLOT.right;
const PLOT_HEIGHT = SIZE.height - PLOT.top - PLOT.bottom;
/** Colours of lines in the style sheet; further lines begin anew. */
export const LINE_COLOURS = 6;

/** As HTML and SVG both want it, within texts and attributes. */
export const escapeMarkup = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const ninesOf = (percentile: number): number => -Math.log10(1 - percentile / 100);

const PLACES: Readonly<Record<Axis["scale"], (value: number, from: number, to: number) => number>> = {
  linear: (value, from, to) => (value - from) / (to - from),
  logarithmic: (value, from, to) => Math.log(Math.max(value, 1) / from) / Math.log(to / from),
  nines: (value, from, to) => (ninesOf(value) - ninesOf(from)) / (ninesOf(to) - ninesOf(from)),
};

/** Where on an axis a value stands: 0 is its beginning, 1 its end. */
export const placeOn = ({ scale, from, to }: Axis, value: number): number => PLACES[scale](value, from, to);

const coordinate = (value: number): string => String(Math.round(value * 10) / 10);
const within = (share: number): number => Math.min(Math.max(share, 0), 1);

const across = (axis: Axis, value: number): string => coordinate(PLOT.left + within(placeOn(axis, value)) * PLOT_WIDTH);
const down = (axis: Axis, value: number): string =>
  coordinate(PLOT.top + (1 - within(placeOn(axis, value))) * PLOT_HEIGHT);

const [LEFT, RIGHT] = [PLOT.left, SIZE.width - PLOT.right];
const BOTTOM = SIZE.height - PLOT.bottom;

function gridLines({ x, y }: Chart): readonly string[] {
  return [
    ...x.ticks.map(({ value, label }) => {
      const at = across(x, value);
      return `<line class="grid" x1="${at}" x2="${at}" y1="${PLOT.top}" y2="${BOTTOM}"/><text x="${at}" y="${BOTTOM + 14}" text-anchor="middle">${escapeMarkup(label)}</text>`;
    }),
    ...y.ticks.map(({ value, label }) => {
      const at = down(y, value);
      return `<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${at}" y2="${at}"/><text x="${LEFT - 5}" y="${at}" dy="0.32em" text-anchor="end">${escapeMarkup(label)}</text>`;
    }),
  ];
}

function lineMarkup({ x, y }: Chart, { name, points, filled }: ChartLine, index: number): string {
  const path = points
    .map(([at, value], place) => `${place === 0 ? "M" : "L"}${across(x, at)} ${down(y, value)}`)
    .join("");
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return "";
  const title = `<title>${escapeMarkup(name)}</title>`;
  const colour = `line${index % LINE_COLOURS}`;
  const area = `${path}L${across(x, last[0])} ${BOTTOM}L${across(x, first[0])} ${BOTTOM}Z`;
  return [
    ...(filled === true ? [`<path class="area ${colour}" d="${area}"/>`] : []),
    `<path class="line ${colour}" d="${path}">${title}</path>`,
  ].join("");
}

/** More lines than this are told apart by the title alone. */
const MOST_NAMED = 3;

function legend({ lines }: Chart): readonly string[] {
  if (lines.length < 2 || lines.length > MOST_NAMED) return [];
  return lines.map(
    ({ name }, index) =>
      `<text class="legend line${index % LINE_COLOURS}" x="${RIGHT - 50 * (lines.length - 1 - index)}" y="16" text-anchor="end">${escapeMarkup(name)}</text>`,
  );
}

/** One chart; its texts take the size and colour of the page. */
export function chartSvg(chart: Chart): string {
  return [
    `<svg viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img" aria-label="${escapeMarkup(chart.title)}">`,
    `<text class="title" x="${LEFT}" y="16">${escapeMarkup(chart.title)}</text>`,
    ...gridLines(chart),
    `<path class="axis" d="M${LEFT} ${PLOT.top}V${BOTTOM}H${RIGHT}"/>`,
    ...chart.lines.map((line, index) => lineMarkup(chart, line, index)),
    ...legend(chart),
    `<text class="name" x="${RIGHT}" y="${SIZE.height - 6}" text-anchor="end">${escapeMarkup(chart.x.name)}</text>`,
    "</svg>",
  ].join("\n");
}
