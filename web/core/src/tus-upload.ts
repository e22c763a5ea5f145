// The library that carries files, a part of the script of its own.
export { Upload } from "tus-js-client";
