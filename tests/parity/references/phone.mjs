// The same phone once more, in JavaScript on WebAssembly: node phone.mjs JOB OUT DEVICE.
//
// Independent of phone.py in language and in arithmetic (one pixel at a time, doubles), and of both other
// runtimes: onnxruntime-web's WASM build. $ONNXRUNTIME_WEB is the folder of the npm package.
// JOB is as in phone.py; it does the parts of the contract that the jobs ask for, and stops at others.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { deflateSync } from "node:zlib";

const web = process.env.ONNXRUNTIME_WEB;
const ort = await import(pathToFileURL(join(web, "dist", "ort.node.min.mjs")));
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = pathToFileURL(join(web, "dist") + "/").href;

const fail = (words) => { throw new Error(words); };
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

function pixel(y, u, v, method) {
  u -= 128;
  v -= 128;
  if (method === "renderscript") {
    const luma = 298 * (y - 16) + 128;
    return [(luma + 409 * v) >> 8, (luma - 100 * u - 208 * v) >> 8, (luma + 516 * u) >> 8];
  }
  if (method === "libyuv-full") {
    const luma = Math.floor((y * 257 * 16320) / 65536) + 32;
    return [(luma + 90 * v) >> 6, (luma - 22 * u - 46 * v) >> 6, (luma + 113 * u) >> 6];
  }
  if (method === "libyuv-limited") {
    const luma = Math.floor((y * 257 * 18997) / 65536) - 1160;
    return [(luma + 102 * v) >> 6, (luma - 25 * u - 52 * v) >> 6, (luma + 128 * u) >> 6];
  }
  return fail(`no ${method} here`);
}

// A picture is {width, height, deep, data}, interleaved.
const blank = (width, height, deep, Kind = Uint8Array) =>
  ({ width, height, deep, data: new Kind(width * height * deep) });

function toRgb(raw, frame, method) {
  const { width, height } = frame;
  const chroma = 2 * ((width + 1) >> 1);
  const planes = frame.planes ?? {
    y: { offset: 0, row_stride: width, pixel_stride: 1 },
    u: { offset: width * height + 1, row_stride: chroma, pixel_stride: 2 },
    v: { offset: width * height, row_stride: chroma, pixel_stride: 2 },
  };
  const at = (plane, x, y) => raw[plane.offset + y * plane.row_stride + x * plane.pixel_stride];
  const rgb = blank(width, height, 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [r, g, b] = pixel(
        at(planes.y, x, y), at(planes.u, x >> 1, y >> 1), at(planes.v, x >> 1, y >> 1), method,
      );
      rgb.data.set([clamp(r, 0, 255), clamp(g, 0, 255), clamp(b, 0, 255)], 3 * (y * width + x));
    }
  }
  return rgb;
}

function resize(source, width, height) {
  const { deep, data } = source;
  const result = blank(width, height, deep, Float64Array);
  for (let y = 0; y < height; y++) {
    const py = ((y + 0.5) * source.height) / height - 0.5;
    const y0 = Math.floor(py);
    const rows = [y0, y0 + 1].map((row) => clamp(row, 0, source.height - 1) * source.width);
    for (let x = 0; x < width; x++) {
      const px = ((x + 0.5) * source.width) / width - 0.5;
      const x0 = Math.floor(px);
      const [left, right] = [x0, x0 + 1].map((column) => clamp(column, 0, source.width - 1));
      for (let c = 0; c < deep; c++) {
        const [top, bottom] = rows.map((row) => {
          const before = data[(row + left) * deep + c];
          return before + (data[(row + right) * deep + c] - before) * (px - x0);
        });
        result.data[(y * width + x) * deep + c] = top + (bottom - top) * (py - y0);
      }
    }
  }
  return result;
}

const rounded = (source) => ({ ...source, data: Uint8Array.from(source.data, (value) => Math.floor(value + 0.5)) });

function remap(source, width, height, from) {
  const { deep, data } = source;
  const result = blank(width, height, deep, data.constructor);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [sx, sy] = from(x, y);
      for (let c = 0; c < deep; c++) {
        result.data[(y * width + x) * deep + c] = data[(sy * source.width + sx) * deep + c];
      }
    }
  }
  return result;
}

function turn(source, degrees) {
  const { width, height } = source;
  switch (degrees) {
    case 0: return source;
    case 90: return remap(source, height, width, (x, y) => [y, height - 1 - x]);
    case 180: return remap(source, width, height, (x, y) => [width - 1 - x, height - 1 - y]);
    default: return remap(source, height, width, (x, y) => [width - 1 - y, x]);
  }
}

const mirrored = (source, wanted) =>
  wanted ? remap(source, source.width, source.height, (x, y) => [source.width - 1 - x, y]) : source;

function bars(size, target) {
  const scale = Math.min(target.width / size.width, target.height / size.height);
  const width = Math.max(1, Math.floor(size.width * scale + 0.5));
  const height = Math.max(1, Math.floor(size.height * scale + 0.5));
  return { x: (target.width - width) >> 1, y: (target.height - height) >> 1, width, height };
}

function fit(source, width, height, letterbox) {
  if (letterbox == null) return rounded(resize(source, width, height));
  const box = bars(source, { width, height });
  const small = rounded(resize(source, box.width, box.height));
  const result = blank(width, height, 3);
  for (let i = 0; i < width * height; i++) result.data.set(letterbox, 3 * i);
  for (let y = 0; y < box.height; y++) {
    const row = small.data.subarray(3 * y * box.width, 3 * (y + 1) * box.width);
    result.data.set(row, 3 * ((y + box.y) * width + box.x));
  }
  return result;
}

function networkInput(rgb, rotation, { geometry, model: { input } }) {
  if (geometry.filter !== "skia-bilinear" || geometry.crop) fail("only bilinear without a crop here");
  if (geometry.order === "rotate-resize") {
    return fit(mirrored(turn(rgb, rotation), geometry.mirror), input.width, input.height, geometry.letterbox);
  }
  const lying = rotation % 180 ? [input.height, input.width] : [input.width, input.height];
  return mirrored(turn(fit(rgb, ...lying, geometry.letterbox), rotation), geometry.mirror);
}

function toTensor(picture, rule) {
  const count = picture.width * picture.height;
  const tensor = new Float32Array(3 * count);
  for (let c = 0; c < 3; c++) {
    for (let i = 0; i < count; i++) {
      tensor[c * count + i] = (picture.data[3 * i + c] * rule.scale - rule.mean[c]) / rule.std[c];
    }
  }
  return tensor;
}

function toAlpha(values, [, deep, height, width], post) {
  const alpha = blank(width, height, 1, Float64Array);
  const count = width * height;
  for (let i = 0; i < count; i++) {
    if (post.activation === "softmax") {
      const powers = Array.from({ length: deep }, (_, c) => Math.exp(values[c * count + i]));
      const all = powers.reduce((a, b) => a + b);
      alpha.data[i] = post.person.reduce((sum, c) => sum + powers[c] / all, 0);
    } else if (post.activation === "sigmoid") {
      alpha.data[i] = 1 / (1 + Math.exp(-values[i]));
    } else if (post.activation === "none") {
      alpha.data[i] = clamp(values[i], 0, 1);
    } else {
      fail(`no ${post.activation} here`);
    }
  }
  return alpha;
}

function toMask(alpha, upright, { post, geometry, model: { input } }) {
  if (post.upsample !== "float-bilinear") fail(`no ${post.upsample} here`);
  let values = alpha;
  if (post.to === "input" || geometry.letterbox != null) values = resize(values, input.width, input.height);
  if (post.to === "frame") {
    if (geometry.letterbox != null) {
      const box = bars(upright, input);
      values = remap(values, box.width, box.height, (x, y) => [x + box.x, y + box.y]);
    }
    values = resize(values, upright.width, upright.height);
  }
  const decide = post.threshold == null
    ? (value) => Math.floor(255 * value + 0.5)
    : (value) => (value > post.threshold ? 255 : 0);
  return { ...values, data: Uint8Array.from(values.data, decide) };
}

function composite(upright, mask, colour) {
  const shown = rounded(resize(upright, mask.width, mask.height));
  shown.data.forEach((value, i) => {
    const weight = mask.data[Math.floor(i / 3)];
    shown.data[i] = Math.floor((weight * value + (255 - weight) * colour[i % 3] + 127) / 255);
  });
  return shown;
}

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});
const crc = (data) => ~data.reduce((sum, byte) => table[(sum ^ byte) & 255] ^ (sum >>> 8), ~0) >>> 0;

function png({ width, height, deep, data }) {
  const rows = Buffer.alloc(height * (width * deep + 1));
  for (let y = 0; y < height; y++) {
    rows.set(data.subarray(y * width * deep, (y + 1) * width * deep), y * (width * deep + 1) + 1);
  }
  const chunk = (name, body) => {
    const whole = Buffer.concat([Buffer.alloc(4), Buffer.from(name), body, Buffer.alloc(4)]);
    whole.writeUInt32BE(body.length);
    whole.writeUInt32BE(crc(whole.subarray(4, -4)), whole.length - 4);
    return whole;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([8, deep === 1 ? 0 : 2], 8);
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk("IHDR", header), chunk("IDAT", deflateSync(rows, { level: 9 })), chunk("IEND", Buffer.alloc(0)),
  ]);
}

const bytes = (floats) => Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength);
const sha256 = (data) => createHash("sha256").update(data).digest("hex");

const [jobFolder, out, device] = process.argv.slice(2);
const job = JSON.parse(readFileSync(join(jobFolder, "job.json")));
const { manifest } = job;
const { input, output: end } = manifest.model;
const network = readFileSync(join(jobFolder, job.model));
const session = await ort.InferenceSession.create(network, {
  executionProviders: ["wasm"],
  graphOptimizationLevel: manifest.runtime.optimisation,
  intraOpNumThreads: 1,
  freeDimensionOverrides: { height: input.height, width: input.width },
});

mkdirSync(out, { recursive: true });
const lines = [];
let shape;
for (const [index, frame] of job.frames.entries()) {
  const raw = readFileSync(join(jobFolder, frame.file));
  const files = {};
  const put = (key, ending, data) => {
    const name = `${String(index).padStart(4, "0")}.${ending}`;
    writeFileSync(join(out, name), data);
    files[key] = { name, sha256: sha256(data) };
  };
  const clock = [performance.now()];
  const rgb = toRgb(raw, frame, manifest.yuv);
  clock.push(performance.now());
  const picture = networkInput(rgb, frame.rotation, manifest);
  clock.push(performance.now());
  const tensor = toTensor(picture, manifest.tensor);
  clock.push(performance.now());
  const feed = { [input.name]: new ort.Tensor("float32", tensor, [1, 3, input.height, input.width]) };
  const result = (await session.run(feed))[end.name];
  clock.push(performance.now());
  shape = result.dims;
  const upright = mirrored(turn(rgb, frame.rotation), manifest.geometry.mirror);
  const mask = toMask(toAlpha(result.data, shape, manifest.post), upright, manifest);
  clock.push(performance.now());

  put("yuv", frame.planes ? "yuv" : "nv21", raw);
  if (job.keep_rgb) put("rgb", "rgb.u8", rgb.data);
  put("input", "in.u8", picture.data);
  put("tensor", "in.f32", bytes(tensor));
  put("output", "out.f32", bytes(result.data));
  put("mask", "mask.png", png(mask));
  if (manifest.post.blend) put("composite", "comp.png", png(composite(upright, mask, manifest.post.blend)));
  const steps = ["yuv", "input", "tensor", "network", "mask"];
  const timings_ms = Object.fromEntries(steps.map((step, i) => [step, +(clock[i + 1] - clock[i]).toFixed(3)]));
  const { width, height, rotation, planes } = frame;
  lines.push(JSON.stringify(
    { index, timestamp_ns: index * 33333333, width, height, rotation, planes, timings_ms, files },
  ));
}

const version = JSON.parse(readFileSync(join(web, "package.json"))).version;
manifest.device = {
  name: device, soc: `wasm in node ${process.versions.node}`, api_level: 0,
  app: "tests/parity/references/phone.mjs", app_version: "1",
};
Object.assign(manifest.runtime, { name: "onnxruntime-web", version, providers: ["wasm"], threads: 1 });
manifest.model.sha256 = sha256(network);
Object.assign(manifest.model.output, { channels: shape[1], height: shape[2], width: shape[3] });
writeFileSync(join(out, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
writeFileSync(join(out, "frames.jsonl"), lines.map((line) => line + "\n").join(""));
