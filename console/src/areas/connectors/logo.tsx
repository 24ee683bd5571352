import { useComputedColorScheme } from '@mantine/core';
import { useState } from 'react';
import classes from './logo.module.css';

interface LogoProps {
  logo: string;
  logoDark?: string | null;
  /** Its first letter takes the place of a picture that does not load. */
  name: string;
  size?: 32 | 40;
}

/** The mark of a connector on a neutral tile. It stands beside the name, so it says nothing itself. */
export function Logo({ logo, logoDark, name, size = 32 }: LogoProps) {
  const scheme = useComputedColorScheme();
  const source = (scheme === 'dark' && logoDark) || logo;
  const [failed, setFailed] = useState<string>();
  return (
    <span className={classes.tile} data-size={size} aria-hidden>
      {failed === source || !source ? (
        name.slice(0, 1).toUpperCase()
      ) : (
        <img src={source} alt="" className={classes.image} onError={() => setFailed(source)} />
      )}
    </span>
  );
}
