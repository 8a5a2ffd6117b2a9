import a from "./a.js";
import "../b.wasm";
export * from "./c/d.js";
const e = await import("./e.js");
// import "./no.js"
