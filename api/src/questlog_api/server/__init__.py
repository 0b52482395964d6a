"""The server: uvicorn, with the bounds that it does not have itself."""
