/**
 * Uploads a video from a browser. Calls `onProgress` with the sent share, 0 to 1, which `fetch` does not
 * report.
 *
 * @param {{ url: string, token: string, title: string, file: File, onProgress: (share: number) => void }} upload
 * @returns {Promise<object>} The result of `uploadVideo`.
 */
export function uploadWithProgress({ url, token, title, file, onProgress }) {
  const query = `mutation ($input: UploadVideoInput!) {
    uploadVideo(input: $input) { __typename ... on Video { id status } ... on Error { code message } }
  }`;
  const form = new FormData();
  form.set('operations', JSON.stringify({ query, variables: { input: { title, file: null } } }));
  form.set('map', JSON.stringify({ file: ['variables.input.file'] }));
  form.set('file', file);

  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    request.responseType = 'json';
    request.setRequestHeader('authorization', `Bearer ${token}`);
    request.setRequestHeader('graphql-require-preflight', '1');
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(loaded / total));
    request.addEventListener('error', () => reject(new Error('The connection failed')));
    request.addEventListener('load', () => {
      const { data, errors } = request.response ?? {};
      if (data) resolve(data.uploadVideo);
      else reject(new Error(errors?.[0]?.message ?? `Status ${request.status}`));
    });
    request.send(form);
  });
}
