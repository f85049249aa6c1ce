import type { ClipLook } from './make-demo-clip.ts';

/** A player of the demo contest with the appearance of the clip. */
export interface DemoPlayer {
  firstName: string;
  lastName: string;
  city: string;
  title: string;
  look: ClipLook;
}

const LANDSCAPE = { width: 1920, height: 1080 };
const PORTRAIT = { width: 1080, height: 1920 };

/** Two players from each of four cities, half of them filmed upright. */
export const DEMO_PLAYERS: readonly DemoPlayer[] = [
  {
    firstName: 'Valeria',
    lastName: 'Ríos',
    city: 'Bogotá',
    title: 'Crossover y bandeja',
    look: { ...LANDSCAPE, from: '0x0B3D91', to: '0x1FA2FF', bouncesPerSecond: 1.1, seconds: 24 },
  },
  {
    firstName: 'Andrés',
    lastName: 'Quintero',
    city: 'Bogotá',
    title: 'Triples desde la esquina',
    look: { ...PORTRAIT, from: '0x3A1C71', to: '0xD76D77', bouncesPerSecond: 0.8, seconds: 22 },
  },
  {
    firstName: 'Mariana',
    lastName: 'Ospina',
    city: 'Medellín',
    title: 'Manejo con las dos manos',
    look: { ...LANDSCAPE, from: '0x134E5E', to: '0x71B280', bouncesPerSecond: 1.6, seconds: 33 },
  },
  {
    firstName: 'Santiago',
    lastName: 'Zapata',
    city: 'Medellín',
    title: 'Paso atrás y tiro',
    look: { ...PORTRAIT, from: '0x2C3E50', to: '0x4CA1AF', bouncesPerSecond: 1.3, seconds: 26 },
  },
  {
    firstName: 'Luisa',
    lastName: 'Mosquera',
    city: 'Cali',
    title: 'Contraataque en solitario',
    look: { ...LANDSCAPE, from: '0x8E0E00', to: '0x1F1C18', bouncesPerSecond: 0.9, seconds: 21 },
  },
  {
    firstName: 'Óscar',
    lastName: 'Valencia',
    city: 'Cali',
    title: 'Pases sin mirar',
    look: { ...PORTRAIT, from: '0x1D4350', to: '0xA43931', bouncesPerSecond: 1.8, seconds: 28 },
  },
  {
    firstName: 'Daniela',
    lastName: 'Barrios',
    city: 'Barranquilla',
    title: 'Euro step en cámara lenta',
    look: { ...LANDSCAPE, from: '0x004D40', to: '0xFFC107', bouncesPerSecond: 0.6, seconds: 30 },
  },
  {
    firstName: 'Kevin',
    lastName: 'De la Hoz',
    city: 'Barranquilla',
    title: 'Tapones y rebotes',
    look: { ...PORTRAIT, from: '0x42275A', to: '0x734B6D', bouncesPerSecond: 1.4, seconds: 23 },
  },
];
