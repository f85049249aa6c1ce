# The worker, with its health API on :8001. It exits until the backend has migrated the schema; Docker restarts it.
product worker "$STOP_TIMEOUT" "$WORKER_PROGRAM"
