# The migrations as bytes of the program, each followed by a zero byte. migrations.cpp lists them.
  .section .note.GNU-stack, "", @progbits
  .section .rodata
  .global couvert_migration_0001
couvert_migration_0001:
  .incbin "store/migrations/0001_begin.sql"
  .byte 0
  .global couvert_migration_0002
couvert_migration_0002:
  .incbin "store/migrations/0002_warned.sql"
  .byte 0
  .global couvert_migration_0003
couvert_migration_0003:
  .incbin "store/migrations/0003_store_and_clock.sql"
  .byte 0
  .global couvert_migration_0004
couvert_migration_0004:
  .incbin "store/migrations/0004_sent.sql"
  .byte 0
  .global couvert_migration_0005
couvert_migration_0005:
  .incbin "store/migrations/0005_draft_form.sql"
  .byte 0
  .global couvert_migration_0006
couvert_migration_0006:
  .incbin "store/migrations/0006_rules.sql"
  .byte 0
  .global couvert_migration_0007
couvert_migration_0007:
  .incbin "store/migrations/0007_received.sql"
  .byte 0
  .global couvert_migration_0008
couvert_migration_0008:
  .incbin "store/migrations/0008_bounce.sql"
  .byte 0
  .global couvert_migration_0009
couvert_migration_0009:
  .incbin "store/migrations/0009_quick.sql"
  .byte 0
  .global couvert_migration_0010
couvert_migration_0010:
  .incbin "store/migrations/0010_quick_mails.sql"
  .byte 0
  .global couvert_migration_0011
couvert_migration_0011:
  .incbin "store/migrations/0011_programs.sql"
  .byte 0
  .global couvert_migration_0012
couvert_migration_0012:
  .incbin "store/migrations/0012_file_totals.sql"
  .byte 0
