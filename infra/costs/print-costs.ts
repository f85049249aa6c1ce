import { CLASSIC_LINES, REFERENCE_LINES } from './classic-costs.ts';
import { type CostLine, monthlyDollars, sumDollars } from './cost-lines.ts';
import { MONTH_HOURS, PRICES } from './prices.ts';
import { SCALABLE_LINES } from './scalable-costs.ts';

process.stdout.write(
  [
    ...referenceTable(),
    '',
    ...listTable('classic, by our template, at list prices', CLASSIC_LINES),
    '',
    ...listTable('scalable, in a calm month, at list prices', SCALABLE_LINES),
    '',
  ].join('\n'),
);

function referenceTable(): string[] {
  const rows = REFERENCE_LINES.map(({ part, usdPerUnit, units, isHourly, statedUsd }) => {
    const exact = usdPerUnit * units * (isHourly ? MONTH_HOURS : 1);
    return { part, rate: `$${usdPerUnit}`, exact, statedUsd };
  });
  const cells = [
    ...rows.map(({ part, rate, exact, statedUsd }) => row(part, rate, exact, statedUsd, statedUsd - exact)),
    row(
      'total',
      '',
      sumDollars(rows.map(({ exact }) => exact)),
      sumDollars(rows.map(({ statedUsd }) => statedUsd)),
    ),
  ];
  return [
    `The reference's own estimate; the last column is its rounding of rates times ${MONTH_HOURS} h`,
    ...cells,
  ];
}

function row(part: string, rate: string, exact: number, stated: number, rounded?: number): string {
  return [
    part.padEnd(28),
    rate.padStart(8),
    exact.toFixed(2).padStart(9),
    stated.toFixed(2).padStart(9),
    (rounded?.toFixed(2) ?? '').padStart(7),
  ].join(' ');
}

function listTable(title: string, lines: readonly CostLine[]): string[] {
  const dollars = lines.map(monthlyDollars);
  return [
    title,
    ...lines.map(
      ({ part, price, quantity, assumed }, index) =>
        `${part.padEnd(34)} ${String(quantity).padStart(6)} × $${String(PRICES[price]).padEnd(9)} ${price.padEnd(28)} ${(dollars[index] ?? 0).toFixed(2).padStart(8)}${assumed ? `  (${assumed})` : ''}`,
    ),
    `${'total a month'.padEnd(83)}${sumDollars(dollars).toFixed(2).padStart(8)}`,
  ];
}
