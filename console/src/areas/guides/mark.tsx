import type { GuideCard } from './catalog.ts';
import classes from './mark.module.css';

/** The colors of these brands; other marks have the color of text. */
const colors: Readonly<Record<string, string>> = {
  IconBrandPython: '#3776ab',
  IconBrandDjango: '#2ba977',
  IconBrandGolang: '#00a0c8',
  IconBrandReact: '#0a9ac2',
  IconBrandReactNative: '#0a9ac2',
  IconBrandNodejs: '#4f9a43',
  IconLeaf: '#6db33f',
  IconBrandPhp: '#777bb3',
  IconDiamond: '#cc342d',
  IconBrandAndroid: '#3aa757',
  IconBrandCSharp: '#8a4fd3',
  IconBrandFlutter: '#0a86d1',
  IconBrandVue: '#3aa876',
  IconBrandAngular: '#dd0031',
  IconBrandSvelte: '#ff3e00',
  IconBrandNuxt: '#00b368',
};

/** The mark of a framework on a neutral tile. */
export function Mark({ icon: Icon, iconName }: Pick<GuideCard, 'icon' | 'iconName'>) {
  return (
    <span className={classes.tile} style={{ color: colors[iconName] }}>
      <Icon size={20} stroke={1.5} aria-hidden />
    </span>
  );
}
