import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** The accent: the indigo of the mark. */
const indigo: MantineColorsTuple = [
  '#eef2ff',
  '#e0e7ff',
  '#c7d2fe',
  '#a5b4fc',
  '#818cf8',
  '#6366f1',
  '#4f46e5',
  '#4338ca',
  '#3730a3',
  '#312e81',
];

/** Neutral scale for dark surfaces and text, from text to the page. */
const dark: MantineColorsTuple = [
  '#ededf0',
  '#b4b4bd',
  '#8b8b96',
  '#63636e',
  '#3a3a43',
  '#2a2a31',
  '#1f1f25',
  '#17171b',
  '#121215',
  '#0c0c0e',
];

/** For what is wrong or cannot be undone: readable as text and below white text. */
const red: MantineColorsTuple = [
  '#fef2f2',
  '#fee2e2',
  '#fecaca',
  '#fca5a5',
  '#f87171',
  '#dc2626',
  '#c81e1e',
  '#b91c1c',
  '#991b1b',
  '#7f1d1d',
];

export const theme = createTheme({
  primaryColor: 'indigo',
  primaryShade: 6,
  colors: { indigo, dark, red },
  defaultRadius: 8,
  fontFamily:
    "'Inter Variable', system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.5rem', xl: '2rem' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1.25rem', lineHeight: '1.4' },
      h2: { fontSize: '1rem', lineHeight: '1.5' },
      h3: { fontSize: '0.875rem', lineHeight: '1.5' },
    },
  },
  components: {
    // Menus and lists of options open inside the page's main landmark, so that they belong to one.
    Popover: { defaultProps: { portalProps: { target: '#content' } } },
    // The first item gets the focus, not an empty element, which a menu must not have as a child.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    // What scrolls is the list itself, whose keys are those of the field (axe: scrollable-region-focusable).
    Select: { defaultProps: { withScrollArea: false } },
    MultiSelect: { defaultProps: { withScrollArea: false } },
    InputWrapper: { defaultProps: { inputWrapperOrder: ['label', 'input', 'description', 'error'] } },
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
});
