export { cardHtml } from './cardHtml.ts';
export { cardMarkdown, type CardPicture } from './cardMarkdown.ts';
export type { CardNotes } from './checklist.ts';
export type * from './document.ts';
export { cardFigures, fitCard, type CardFigure, type CardOptions } from './fitCard.ts';
