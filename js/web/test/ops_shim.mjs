export const op_web_now = () => performance.now();
