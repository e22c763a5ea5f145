// Seconds until something may be tried again.

export class Countdown {
  left = $state(0);
  private timer: ReturnType<typeof setInterval> | undefined;

  start(seconds: number): void {
    clearInterval(this.timer);
    const end = Date.now() + seconds * 1000;
    this.left = seconds;
    this.timer = setInterval(() => {
      this.left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
      if (this.left === 0) clearInterval(this.timer);
    }, 500);
  }

  stop(): void {
    clearInterval(this.timer);
    this.left = 0;
  }
}
