# Encodes; its health API answers on :8001. It ends, and Docker starts it again, until the backend has migrated the schema.
product worker "$STOP_TIMEOUT" "$WORKER_PROGRAM"
