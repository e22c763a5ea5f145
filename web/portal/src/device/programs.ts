// The calls about programs, which only this page needs.

import { settle, type Failure } from "@couvert/core";
import { currentLanguage } from "@couvert/ui";

import { api } from "../host.ts";

const { client } = api;

export const findProgram = (user_code: string) =>
  settle(client.POST("/api/v1/device/find", { body: { user_code } }));

export const allowProgram = (user_code: string, verification_id: string) =>
  settle(
    client.POST("/api/v1/device/allow", {
      body: { user_code, verification_id, language: currentLanguage() },
    }),
  );

export const declineProgram = (user_code: string) =>
  settle(client.POST("/api/v1/device/decline", { body: { user_code } }));

export const listPrograms = (verification_id: string) =>
  settle(
    client.GET("/api/v1/verifications/{verification_id}/programs", {
      params: { path: { verification_id } },
    }),
  );

export const endProgram = (verification_id: string, program_id: string) =>
  settle(
    client.DELETE("/api/v1/verifications/{verification_id}/programs/{program_id}", {
      params: { path: { verification_id, program_id } },
    }),
  );

type Data<T> = T extends { ok: true; value: infer Value } ? Value : never;
export type Asking = Data<Exclude<Awaited<ReturnType<typeof findProgram>>, Failure>>;
export type Program = Data<
  Exclude<Awaited<ReturnType<typeof listPrograms>>, Failure>
>["programs"][number];
