import type { InputProblem, InvalidInput } from '../src/platform/errors.ts';
import type { Language } from '../src/platform/text/languages.ts';
import type {
  BadCredentials,
  EmailTaken,
  SessionExpired,
  TooManyAttempts,
} from '../src/players/players.errors.ts';
import type {
  DirectUploadUnavailable,
  FileTooLarge,
  IdempotencyKeyReused,
  UnsupportedFile,
  UploadNotFound,
  VideoIsPublished,
  VideoNotFailed,
  VideoNotFound,
} from '../src/videos/video.errors.ts';
import type { FailureReason } from '../src/videos/video.status.ts';
import type {
  AlreadyVoted,
  NotVoted,
  OwnVideo,
  VideoNotPublished,
  VoteLimitReached,
  VotingClosed,
} from '../src/votes/vote.errors.ts';

type Sentence = Record<Language, string>;

/** Every error that is a member of some result. */
export type PublicError =
  | AlreadyVoted
  | BadCredentials
  | DirectUploadUnavailable
  | EmailTaken
  | FileTooLarge
  | IdempotencyKeyReused
  | InvalidInput
  | NotVoted
  | OwnVideo
  | SessionExpired
  | TooManyAttempts
  | UnsupportedFile
  | UploadNotFound
  | VideoIsPublished
  | VideoNotFailed
  | VideoNotFound
  | VideoNotPublished
  | VoteLimitReached
  | VotingClosed;

/** What a person is told about an expected error. */
export function toErrorMessage(error: PublicError, language: Language): string {
  return sentenceFor(error)[language];
}

// By code and not by class: while the errors plugin looks for the union member, `instanceof` is false.
function sentenceFor(error: PublicError): Sentence {
  switch (error.code) {
    case 'EMAIL_TAKEN':
      return {
        en: 'Somebody has already signed up with this e-mail.',
        es: 'Ya hay una cuenta con este correo electrónico.',
      };
    case 'BAD_CREDENTIALS':
      return {
        en: 'The e-mail or the password is not right.',
        es: 'El correo electrónico o la contraseña no es correcto.',
      };
    case 'TOO_MANY_ATTEMPTS':
      return {
        en: `Too many attempts. Try again in ${error.retryAfterSeconds} seconds.`,
        es: `Demasiados intentos. Inténtalo de nuevo en ${error.retryAfterSeconds} segundos.`,
      };
    case 'SESSION_EXPIRED':
      return {
        en: 'The session has ended. Log in again.',
        es: 'La sesión ha terminado. Vuelve a iniciarla.',
      };
    case 'FILE_TOO_LARGE':
      return {
        en: `The file is too large: at most ${mebibytes(error.limitBytes)} are allowed.`,
        es: `El archivo es demasiado grande: se permiten como máximo ${mebibytes(error.limitBytes)}.`,
      };
    case 'UNSUPPORTED_FILE':
      return {
        en: 'The file is not a video we can take. Upload an MP4 or QuickTime (MOV) file.',
        es: 'El archivo no es un video que podamos aceptar. Sube un archivo MP4 o QuickTime (MOV).',
      };
    case 'IDEMPOTENCY_KEY_REUSED':
      return {
        en: 'This idempotency key was used before for another upload.',
        es: 'Esta clave de idempotencia ya se usó para otra carga.',
      };
    case 'DIRECT_UPLOAD_UNAVAILABLE':
      return {
        en: 'This file can not be sent on its own. Upload it together with its title.',
        es: 'Este archivo no se puede enviar por separado. Súbelo junto con su título.',
      };
    case 'UPLOAD_NOT_FOUND':
      return {
        en: 'The file has not arrived, or it came too long ago. Send it again.',
        es: 'El archivo no ha llegado, o llegó hace demasiado tiempo. Envíalo de nuevo.',
      };
    case 'VIDEO_NOT_FOUND':
      return { en: 'There is no such video.', es: 'Ese video no existe.' };
    case 'VIDEO_IS_PUBLISHED':
      return { en: 'A published video can not be deleted.', es: 'Un video publicado no se puede eliminar.' };
    case 'VIDEO_NOT_FAILED':
      return {
        en: 'Only a failed video can be tried again.',
        es: 'Solo se puede reintentar un video fallido.',
      };
    case 'ALREADY_VOTED':
      return { en: 'You have already voted for this video.', es: 'Ya votaste por este video.' };
    case 'OWN_VIDEO':
      return { en: 'You can not vote for your own video.', es: 'No puedes votar por tu propio video.' };
    case 'VIDEO_NOT_PUBLISHED':
      return { en: 'This video can not be voted for.', es: 'No se puede votar por este video.' };
    case 'VOTING_CLOSED':
      return { en: 'The voting is not open.', es: 'La votación no está abierta.' };
    case 'VOTE_LIMIT_REACHED':
      return {
        en: `You have given all your ${error.limit} votes.`,
        es: `Ya diste tus ${error.limit} votos.`,
      };
    case 'NOT_VOTED':
      return { en: 'You have not voted for this video.', es: 'No has votado por este video.' };
    case 'INVALID_INPUT':
      return { en: 'The input breaks one or more rules.', es: 'Los datos incumplen una o más reglas.' };
  }
}

/** What a person is told about one broken rule of an input. */
export function toProblemMessage({ rule, params }: InputProblem, language: Language): string {
  const sentence = RULES[rule] ?? OTHER_RULE;
  return sentence[language].replace('{limit}', String(params?.limit ?? ''));
}

const OTHER_RULE: Sentence = { en: 'This is not valid.', es: 'Esto no es válido.' };
const RULES: Record<string, Sentence> = {
  required: { en: 'This is required.', es: 'Este dato es obligatorio.' },
  too_short: { en: 'At least {limit} characters, please.', es: 'Se necesitan al menos {limit} caracteres.' },
  too_long: { en: 'At most {limit} characters, please.', es: 'Se permiten como máximo {limit} caracteres.' },
  not_text: {
    en: 'This holds characters that are no text.',
    es: 'Esto contiene caracteres que no son texto.',
  },
  not_a_size: { en: 'This is not the size of a file.', es: 'Esto no es el tamaño de un archivo.' },
  not_a_name: { en: 'This is not a name.', es: 'Esto no es un nombre.' },
  not_an_email: { en: 'This is not an e-mail address.', es: 'Esto no es un correo electrónico.' },
  same_as_email: {
    en: 'The password must not be the e-mail.',
    es: 'La contraseña no puede ser el correo electrónico.',
  },
  too_common: {
    en: 'This password is one of the most common ones. Choose another.',
    es: 'Esta contraseña es de las más comunes. Elige otra.',
  },
  not_the_same: { en: 'The two passwords differ.', es: 'Las dos contraseñas son distintas.' },
};

/** What the player is told to do about a video that failed. */
export function toFailureMessage(
  reason: FailureReason,
  rules: { minSourceSeconds: number; maxSourceSeconds: number; minSourceHeight: number },
  language: Language,
): string {
  const { minSourceSeconds: min, maxSourceSeconds: max, minSourceHeight: height } = rules;
  const sentences: Record<FailureReason, Sentence> = {
    NOT_A_VIDEO: {
      en: 'There is no video in this file. Record a new one and upload it.',
      es: 'Este archivo no contiene un video. Graba uno nuevo y súbelo.',
    },
    UNSUPPORTED_FORMAT: {
      en: 'We can not read this format. Record with your phone’s standard camera settings and upload again.',
      es: 'No podemos leer este formato. Graba con los ajustes normales de la cámara y súbelo de nuevo.',
    },
    TOO_SHORT: {
      en: `The video is too short. Upload one of at least ${min} seconds.`,
      es: `El video es demasiado corto. Sube uno de al menos ${min} segundos.`,
    },
    TOO_LONG: {
      en: `The video is too long. Upload one of at most ${max} seconds.`,
      es: `El video es demasiado largo. Sube uno de ${max} segundos como máximo.`,
    },
    RESOLUTION_TOO_LOW: {
      en: `The picture is too small. Record in at least ${height}p and upload again.`,
      es: `La imagen es demasiado pequeña. Graba al menos en ${height}p y súbelo de nuevo.`,
    },
    CORRUPT: {
      en: 'The file is damaged. Upload it again, or record a new video.',
      es: 'El archivo está dañado. Súbelo de nuevo o graba otro video.',
    },
    TIMED_OUT: {
      en: 'The video took too long to process. Record it in 1080p at 30 frames a second and upload again.',
      es: 'El video tardó demasiado en procesarse. Grábalo en 1080p a 30 cuadros por segundo y súbelo de nuevo.',
    },
    INTERNAL: {
      en: 'Something went wrong on our side. Your video is safe and we will look into it.',
      es: 'Algo falló de nuestro lado. Tu video está a salvo y lo revisaremos.',
    },
  };
  return sentences[reason][language];
}

function mebibytes(bytes: number): string {
  return `${Math.round((bytes / 1024 ** 2) * 10) / 10} MiB`;
}
