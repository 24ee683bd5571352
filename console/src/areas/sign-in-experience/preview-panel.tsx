import { type PreviewScreen, previewScreens } from '@aldaba/contract';
import { ActionIcon, SegmentedControl, Select, Tooltip, VisuallyHidden } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { IconDeviceDesktop, IconDeviceMobile, IconMoon, IconSun, type TablerIcon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { experiencePhrases } from './phrases.ts';
import classes from './preview.module.css';
import { PreviewFrames } from './preview-frames.tsx';
import { useSettings } from './settings.tsx';
import type { Drawn, Shown } from './use-preview.ts';
import { nameOf } from './values.ts';

/** A device: the size of its screen in CSS pixels, and what the page is opened in. */
const devices = {
  web: { width: 1100, height: 820, platform: 'web' },
  phone: { width: 375, height: 720, platform: 'web' },
  app: { width: 375, height: 720, platform: 'ios' },
} as const;
type Device = keyof typeof devices;

export interface PreviewChoice {
  screen: PreviewScreen;
  device: Device;
  colorScheme: 'light' | 'dark';
  language: string;
}

export const shownBy = ({ screen, device, colorScheme, language }: PreviewChoice): Shown => ({
  screen,
  colorScheme,
  language,
  platform: devices[device].platform,
});

interface PreviewPanelProps {
  choice: PreviewChoice;
  onChoose: (choice: PreviewChoice) => void;
  drawn: Drawn | undefined;
  drawnAt: number;
  redraw: () => unknown;
  /** Why the page shows an older state of the form. */
  notice: string | undefined;
}

/** The real pages with the unsaved settings, in the frame of a device. */
export function PreviewPanel({ choice, onChoose, drawn, drawnAt, redraw, notice }: PreviewPanelProps) {
  const t = experiencePhrases.use();
  const screens = drawn?.screens ?? previewScreens;
  const isReachable = drawn === undefined || drawn.page !== null;
  return (
    <section className={classes.panel} aria-label={t('preview.title')}>
      <Controls choice={choice} onChoose={onChoose} screens={screens} />
      <Stage device={choice.device}>
        <PreviewFrames
          page={drawn?.page ?? undefined}
          drawnAt={drawnAt}
          redraw={redraw}
          title={t('preview.frame', { screen: t(`screens.${choice.screen}`) })}
        />
        {!isReachable && <p className={classes.unreachable}>{t('preview.unreachable')}</p>}
      </Stage>
      <p className={classes.notice} role="status">
        {notice ?? t('preview.unsaved')}
      </p>
    </section>
  );
}

interface ControlsProps {
  choice: PreviewChoice;
  onChoose: (choice: PreviewChoice) => void;
  screens: readonly PreviewScreen[];
}

function Controls({ choice, onChoose, screens }: ControlsProps) {
  const t = experiencePhrases.use();
  const { phrases } = useSettings().form.values;
  const isDark = choice.colorScheme === 'dark';
  const Scheme = isDark ? IconMoon : IconSun;
  const scheme = t(isDark ? 'preview.toLight' : 'preview.toDark');
  const options = screens.includes(choice.screen) ? screens : [...screens, choice.screen];
  return (
    <div className={classes.controls}>
      <Select
        className={classes.screen ?? ''}
        aria-label={t('preview.screen')}
        size="xs"
        allowDeselect={false}
        data={options.map((value) => ({ value, label: t(`screens.${value}`) }))}
        value={choice.screen}
        onChange={(screen) => screen && onChoose({ ...choice, screen: screen as PreviewScreen })}
      />
      <Select
        className={classes.language ?? ''}
        aria-label={t('preview.language')}
        size="xs"
        allowDeselect={false}
        data={Object.keys(phrases).map((value) => ({ value, label: nameOf(value) }))}
        value={choice.language}
        onChange={(language) => language && onChoose({ ...choice, language })}
      />
      <SegmentedControl
        size="xs"
        aria-label={t('preview.device')}
        value={choice.device}
        onChange={(device) => onChoose({ ...choice, device: device as Device })}
        data={[
          { value: 'web', label: <DeviceLabel icon={IconDeviceDesktop} name={t('preview.devices.web')} /> },
          { value: 'phone', label: <DeviceLabel icon={IconDeviceMobile} name={t('preview.devices.phone')} /> },
          { value: 'app', label: t('preview.devices.app') },
        ]}
      />
      <Tooltip label={scheme}>
        <ActionIcon
          variant="default"
          size={30}
          aria-label={scheme}
          onClick={() => onChoose({ ...choice, colorScheme: isDark ? 'light' : 'dark' })}
        >
          <Scheme size={16} stroke={1.5} />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

function DeviceLabel({ icon: Icon, name }: { icon: TablerIcon; name: string }) {
  return (
    <Tooltip label={name} openDelay={300}>
      <span className={classes.device}>
        <Icon size={16} stroke={1.5} aria-hidden />
        <VisuallyHidden>{name}</VisuallyHidden>
      </span>
    </Tooltip>
  );
}

/** The device, scaled to the space that there is. */
function Stage({ device, children }: { device: Device; children: ReactNode }) {
  const { ref, width, height } = useElementSize();
  const screen = devices[device];
  const scale = Math.min(1, width / screen.width, height / screen.height);
  return (
    <div className={classes.stage}>
      <div ref={ref} className={classes.room}>
        <div
          className={classes.bezel}
          data-device={device}
          style={{ width: screen.width * scale, height: screen.height * scale }}
        >
          <div
            className={classes.display}
            style={{ width: screen.width, height: screen.height, transform: `scale(${scale})` }}
          >
            {children}
          </div>
        </div>
      </div>
    </div>
  );
}
