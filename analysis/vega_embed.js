// The browser's door to Vega, bundled with it by analysis/vega.py into /static/vega/bundle.js:
//   import { embed } from "/static/vega/bundle.js"
//   const chart = await embed(element, spec, { theme: "dark" })
//   chart.finalize()   // before embedding again, for instance when the theme changes
// Expressions are interpreted (`ast`) and no style element is injected, so that it runs under
// script-src 'self' and style-src 'self'; the page's own style sheet must place the tooltip:
//   .vg-tooltip { position: fixed; visibility: hidden; pointer-events: none }
//   .vg-tooltip.visible { visibility: visible }
async function embed(element, spec, { theme = "light", ...options } = {}) {
  const config = themes[theme] ?? themes.light;
  return vegaEmbed(element, spec, {
    actions: false,
    ast: true,
    config,
    defaultStyle: false,
    mode: "vega-lite",
    renderer: "svg",
    tooltip: { theme, disableDefaultStyle: true },
    ...options,
  });
}

export { embed, themes };
