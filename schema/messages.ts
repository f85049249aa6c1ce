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
import { formatMessage } from './format-message.ts';

/** A text in every language of the API. */
type Sentence = Record<Language, string>;

/** Every error that is a member of a result. */
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

// By code and not by class: `instanceof` is false while the errors plugin selects the union member.
const MESSAGES: Record<PublicError['code'], Sentence> = {
  EMAIL_TAKEN: {
    en: 'An account with this e-mail already exists.',
    es: 'Ya hay una cuenta con este correo electrónico.',
  },
  BAD_CREDENTIALS: {
    en: 'The e-mail or the password is wrong.',
    es: 'El correo electrónico o la contraseña son incorrectos.',
  },
  TOO_MANY_ATTEMPTS: {
    en: 'Too many attempts. Try again in {seconds} seconds.',
    es: 'Demasiados intentos. Inténtalo de nuevo en {seconds} segundos.',
  },
  SESSION_EXPIRED: {
    en: 'The session has ended. Log in again.',
    es: 'La sesión ha terminado. Vuelve a iniciarla.',
  },
  FILE_TOO_LARGE: {
    en: 'The file is too large: at most {size} are allowed.',
    es: 'El archivo es demasiado grande: se permiten como máximo {size}.',
  },
  UNSUPPORTED_FILE: {
    en: 'The file type is not supported. Upload an MP4 or QuickTime (MOV) file.',
    es: 'El tipo de archivo no se admite. Sube un archivo MP4 o QuickTime (MOV).',
  },
  IDEMPOTENCY_KEY_REUSED: {
    en: 'This idempotency key was already used for another upload.',
    es: 'Esta clave de idempotencia ya se usó para otra carga.',
  },
  DIRECT_UPLOAD_UNAVAILABLE: {
    en: 'The file cannot be sent separately. Upload the file together with its title.',
    es: 'Este archivo no se puede enviar por separado. Súbelo junto con su título.',
  },
  UPLOAD_NOT_FOUND: {
    en: 'The file has not arrived or has expired. Send it again.',
    es: 'El archivo no ha llegado o ya venció. Envíalo de nuevo.',
  },
  VIDEO_NOT_FOUND: { en: 'The video does not exist.', es: 'El video no existe.' },
  VIDEO_IS_PUBLISHED: {
    en: 'A published video cannot be deleted.',
    es: 'Un video publicado no se puede eliminar.',
  },
  VIDEO_NOT_FAILED: {
    en: 'Only a failed video can be requeued.',
    es: 'Solo se puede reintentar un video fallido.',
  },
  ALREADY_VOTED: { en: 'You have already voted for this video.', es: 'Ya votaste por este video.' },
  OWN_VIDEO: { en: 'You cannot vote for your own video.', es: 'No puedes votar por tu propio video.' },
  VIDEO_NOT_PUBLISHED: {
    en: 'This video does not accept votes.',
    es: 'Este video no acepta votos.',
  },
  VOTING_CLOSED: { en: 'Voting is not open.', es: 'La votación no está abierta.' },
  VOTE_LIMIT_REACHED: {
    en: 'You have cast all your {limit} votes.',
    es: 'Ya usaste tus {limit} votos.',
  },
  NOT_VOTED: { en: 'You have not voted for this video.', es: 'No has votado por este video.' },
  INVALID_INPUT: {
    en: 'The input breaks one or more rules.',
    es: 'Los datos incumplen una o más reglas.',
  },
};

/** Returns the sentence for an expected error. */
export function toErrorMessage(error: PublicError, language: Language): string {
  return formatMessage(MESSAGES[error.code][language], getDetails(error));
}

function getDetails(error: PublicError): Record<string, string | number> {
  switch (error.code) {
    case 'TOO_MANY_ATTEMPTS':
      return { seconds: error.retryAfterSeconds };
    case 'FILE_TOO_LARGE':
      return { size: toMebibytes(error.limitBytes) };
    case 'VOTE_LIMIT_REACHED':
      return { limit: error.limit };
    default:
      return {};
  }
}

const OTHER_RULE: Sentence = { en: 'This value is not valid.', es: 'Este valor no es válido.' };
const RULES: Record<string, Sentence> = {
  required: { en: 'This field is required.', es: 'Este campo es obligatorio.' },
  too_short: {
    en: 'At least {limit} characters are required.',
    es: 'Se necesitan al menos {limit} caracteres.',
  },
  too_long: {
    en: 'At most {limit} characters are allowed.',
    es: 'Se permiten como máximo {limit} caracteres.',
  },
  not_text: {
    en: 'Contains characters that are not allowed.',
    es: 'Contiene caracteres que no se permiten.',
  },
  not_a_size: { en: 'This is not a valid file size.', es: 'Este tamaño de archivo no es válido.' },
  not_a_name: { en: 'This is not a valid name.', es: 'Este nombre no es válido.' },
  not_an_email: { en: 'This is not a valid e-mail address.', es: 'Este correo electrónico no es válido.' },
  same_as_email: {
    en: 'The password must differ from the e-mail.',
    es: 'La contraseña debe ser distinta del correo electrónico.',
  },
  too_common: {
    en: 'This password is too common. Choose another one.',
    es: 'Esta contraseña es demasiado común. Elige otra.',
  },
  not_the_same: { en: 'The passwords do not match.', es: 'Las contraseñas no coinciden.' },
};

/** Returns the sentence for one broken rule of an input. */
export function toProblemMessage({ rule, params }: InputProblem, language: Language): string {
  const sentence = RULES[rule] ?? OTHER_RULE;
  return formatMessage(sentence[language], { ...params });
}

const FAILURES: Record<FailureReason, Sentence> = {
  NOT_A_VIDEO: {
    en: 'The file does not contain a video. Record a new one and upload it.',
    es: 'El archivo no contiene un video. Graba uno nuevo y súbelo.',
  },
  UNSUPPORTED_FORMAT: {
    en: 'The format is not supported. Record with your phone’s standard camera settings and upload again.',
    es: 'El formato no se admite. Graba con los ajustes normales de la cámara y súbelo de nuevo.',
  },
  TOO_SHORT: {
    en: 'The video is too short. Upload one of at least {minSourceSeconds} seconds.',
    es: 'El video es demasiado corto. Sube uno de al menos {minSourceSeconds} segundos.',
  },
  TOO_LONG: {
    en: 'The video is too long. Upload one of at most {maxSourceSeconds} seconds.',
    es: 'El video es demasiado largo. Sube uno de {maxSourceSeconds} segundos como máximo.',
  },
  RESOLUTION_TOO_LOW: {
    en: 'The picture is too small. Record in at least {minSourceHeight}p and upload again.',
    es: 'La imagen es demasiado pequeña. Graba al menos en {minSourceHeight}p y súbelo de nuevo.',
  },
  CORRUPT: {
    en: 'The file is damaged. Upload it again, or record a new video.',
    es: 'El archivo está dañado. Súbelo de nuevo o graba otro video.',
  },
  TIMED_OUT: {
    en: 'The video took too long to process. Record in 1080p at 30 frames per second and upload again.',
    es: 'El video tardó demasiado en procesarse. Grábalo en 1080p a 30 cuadros por segundo y súbelo de nuevo.',
  },
  INTERNAL: {
    en: 'Something went wrong on our side. Your video is safe and we will look into it.',
    es: 'Algo falló de nuestro lado. Tu video está a salvo y lo revisaremos.',
  },
};

/** Returns the reason for a failed video and advice, as a text for its player. */
export function toFailureMessage(
  reason: FailureReason,
  rules: { minSourceSeconds: number; maxSourceSeconds: number; minSourceHeight: number },
  language: Language,
): string {
  return formatMessage(FAILURES[reason][language], { ...rules });
}

function toMebibytes(bytes: number): string {
  return `${Math.round((bytes / 1024 ** 2) * 10) / 10} MiB`;
}
