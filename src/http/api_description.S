# spec/api.yaml as bytes of the program; api_routes.cpp hands it out.
  .section .note.GNU-stack, "", @progbits
  .section .rodata
  .global couvert_api_description_begin
  .global couvert_api_description_end
couvert_api_description_begin:
  .incbin "../spec/api.yaml"
couvert_api_description_end:
  .byte 0
