/** The URL parameter of callbacks that `POST /api/test` sends: it marks them in the store. */
export const TEST_PARAMETER = 'timhook-test'
