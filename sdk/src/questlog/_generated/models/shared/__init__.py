# Generated from schemas/. Do not edit; run `nox -s codegen`.
