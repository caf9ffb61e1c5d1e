/** Reads a QR code from what a video shows now; null where none is seen. */
export type CodeReader = (video: HTMLVideoElement) => Promise<string | null>;

/** Barcode Detection API (Shape Detection, W3C), where a browser has it. */
interface Detector {
  detect(source: HTMLVideoElement): Promise<readonly { readonly rawValue: string }[]>;
}
interface DetectorConstructor {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

/** Pixels of the longer side at which a code is looked for: enough for a screen held before a camera. */
const size = 640;

/** The browser's own reader, or one in JavaScript where it has none. */
export async function openCodeReader(): Promise<CodeReader> {
  const { BarcodeDetector: Own } = globalThis as { BarcodeDetector?: DetectorConstructor };
  const formats = await Own?.getSupportedFormats().catch((): string[] => []);
  if (Own !== undefined && formats?.includes('qr_code') === true) {
    const detector = new Own({ formats: ['qr_code'] });
    return async (video) => {
      const [code] = await detector.detect(video).catch(() => []);
      return code?.rawValue ?? null;
    };
  }
  const { decodeQR } = await import('qr/decode.js');
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return (video) => {
    const scale = Math.min(1, size / Math.max(video.videoWidth, video.videoHeight, 1));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    if (context === null || canvas.width === 0) return Promise.resolve(null);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    try {
      return Promise.resolve(decodeQR(context.getImageData(0, 0, canvas.width, canvas.height)));
    } catch {
      // Nothing in the picture that looks like a code.
      return Promise.resolve(null);
    }
  };
}
