# nginx :80 in front of the API :8000, and Redis :6379 for both hosts.
install -d -m 755 /etc/anb-nginx
printf '%s' "$NGINX_CONF" >/etc/anb-nginx/nginx.conf

REDIS_PASSWORD=$(secret "$REDIS_SECRET")
container redis 30 --volume redis:/data redis:8 redis-server --requirepass "$REDIS_PASSWORD" --appendonly yes --maxmemory-policy noeviction

until docker run --rm --network host --env-file /etc/anb/product.env --entrypoint node "$IMAGE" "$MIGRATE_PROGRAM"; do sleep 10; done
product api "$STOP_TIMEOUT" "$API_PROGRAM"
container nginx 30 --volume /etc/anb-nginx/nginx.conf:/etc/nginx/nginx.conf:ro nginx:1.28
