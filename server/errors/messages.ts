/** What a GraphQL error has in its `extensions`. */
interface Extensions {
  [name: string]: unknown;
}

/**
 * The message of an error by its `extensions.code`, for the errors that people meet in an application that works. What
 * only its programmer causes, such as a syntax error or an argument out of bounds, has English messages alone.
 */
export function spanishMessage(extensions: Extensions): string | undefined {
  const { code } = extensions;
  return typeof code === 'string' && Object.hasOwn(MESSAGES, code) ? MESSAGES[code]?.(extensions) : undefined;
}

const MESSAGES: Record<string, (extensions: Extensions) => string> = {
  UNAUTHENTICATED: () => 'Hace falta un token de acceso válido. Inicia sesión o renuévala.',
  FORBIDDEN: () => 'Esto no existe o no es para ti.',
  RATE_LIMITED: ({ retryAfterSeconds }) =>
    `Se pidió demasiado en poco tiempo. Inténtalo de nuevo en ${retryAfterSeconds} s.`,
  TOO_MANY_AT_ONCE: () => 'Hay demasiado abierto al mismo tiempo. Cierra algo primero.',
  PAYLOAD_TOO_LARGE: () => 'Lo que se envió es demasiado grande.',
  REQUEST_TIMEOUT: () => 'El envío fue demasiado lento.',
  DEADLINE_EXCEEDED: () => 'Tardó más de lo permitido. Pide menos o inténtalo de nuevo pronto.',
  SERVICE_UNAVAILABLE: () => 'El servicio no está disponible. Inténtalo de nuevo pronto.',
  INTERNAL_SERVER_ERROR: () => 'Algo salió mal.',
};
