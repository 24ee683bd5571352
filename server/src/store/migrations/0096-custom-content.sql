-- No page shows custom content, so the setting is refused. What was stored before had no effect.
update sign_in_experiences set settings = settings - 'customContent' where settings ? 'customContent';
