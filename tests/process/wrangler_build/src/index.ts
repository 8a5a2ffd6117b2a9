// A Worker with one of each: TypeScript, a dependency, a wasm module, a text module.
import { parse } from "cookie";
import add from "./add.wasm";
import terms from "./terms.txt";

interface Env {
  GREETING: string;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    if (new URL(request.url).pathname === "/terms") return new Response(terms);
    const visits = Number(parse(request.headers.get("Cookie") ?? "").visits ?? "0");
    const instance = await WebAssembly.instantiate(add);
    const sum = instance.exports.add as (a: number, b: number) => number;
    return new Response(`${env.GREETING}, for the ${sum(visits, 1)}. time`, {
      headers: { "Set-Cookie": `visits=${sum(visits, 1)}` },
    });
  },
};
