import classes from './card-list.module.css';
import { categories, type GuideCard } from './catalog.ts';
import { Mark } from './mark.tsx';
import { guidePhrases } from './phrases.ts';

/** Cards of guides below the headings of their categories. */
export function CardList({ cards, onOpen }: { cards: readonly GuideCard[]; onOpen: (card: GuideCard) => void }) {
  const t = guidePhrases.use();
  const groups = categories
    .map((category) => ({ category, members: cards.filter((card) => card.category === category) }))
    .filter(({ members }) => members.length > 0);
  return groups.map(({ category, members }) => (
    <section key={category} className={classes.group}>
      <h2 className={classes.heading}>{t(`categories.${category}`)}</h2>
      <p className={classes.help}>{t(`categoryHelp.${category}`)}</p>
      <ul className={classes.cards}>
        {members.map((card) => (
          <li key={card.name}>
            <button type="button" className={classes.card} onClick={() => onOpen(card)}>
              <Mark icon={card.icon} iconName={card.iconName} />
              <span className={classes.words}>
                <span className={classes.title}>{card.title}</span>
                <span className={classes.summary}>{card.summary}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  ));
}
