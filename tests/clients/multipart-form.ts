/**
 * Builds a multipart request with one file (https://github.com/jaydenseric/graphql-multipart-request-spec).
 */
export function multipartForm(query: string, variables: object): FormData {
  let file: File | undefined;
  let path = '';
  const walk = (value: unknown, currentPath: string): unknown => {
    if (value instanceof File) {
      [file, path] = [value, currentPath];
      return null;
    }
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, walk(inner, `${currentPath}.${key}`)]),
    );
  };
  const form = new FormData();
  form.set('operations', JSON.stringify({ query, variables: walk(variables, 'variables') }));
  form.set('map', JSON.stringify({ file: [path] }));
  // The specification requires the file after the map.
  if (file) form.set('file', file);
  return form;
}

/** Returns true if `variables` contain a file. */
export function hasFile(variables: unknown): boolean {
  if (variables instanceof File) return true;
  return typeof variables === 'object' && variables !== null && Object.values(variables).some(hasFile);
}
