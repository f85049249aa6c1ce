# Runs first on the hosts that hold containers: Docker, the shared folder, and access to the image registry.
set -euo pipefail
dnf install -y docker nfs-utils
systemctl enable --now docker

mkdir -p /mnt/nfs_uploads
echo "$NFS_ADDRESS:/mnt/nfs_share/uploads /mnt/nfs_uploads nfs4 hard,noatime,_netdev 0 0" >>/etc/fstab
# The NFS host may still be starting.
until mount /mnt/nfs_uploads; do sleep 5; done

secret() { aws secretsmanager get-secret-value --region "$REGION" --secret-id "$1" --query SecretString --output text; }

install -d -m 700 /etc/anb
cat >/etc/anb/product.env <<SETTINGS
$PRODUCT_SETTINGS
DATABASE_URL=$(secret "$DATABASE_URL_SECRET")
REDIS_URL=redis://:$(secret "$REDIS_SECRET")@$REDIS_ADDRESS:6379
AUTH_SECRET=$(secret "$AUTH_SECRET_ID")
DATABASE_CA=$(aws ssm get-parameter --region "$REGION" --name "$DATABASE_CA_PARAMETER" --query Parameter.Value --output text | sed -z 's/\n/\\n/g')
SETTINGS

aws ecr get-login-password --region "$REGION" | docker login --username AWS --password-stdin "${IMAGE%%/*}"
docker pull "$IMAGE"

# Starts a container that restarts after a crash and after a restart of the host: container NAME GRACE_SECONDS ARGUMENT...
container() {
  local name=$1 grace=$2
  shift 2
  docker run --detach --name "$name" --restart always --network host --stop-timeout "$grace" \
    --log-driver awslogs --log-opt awslogs-region="$REGION" --log-opt awslogs-group="$LOG_GROUP" --log-opt awslogs-stream="$name" \
    "$@"
}

# Starts a container of the product with its settings; it can write to the shared folder only.
product() {
  local name=$1 grace=$2 program=$3
  container "$name" "$grace" --env-file /etc/anb/product.env --read-only --tmpfs /tmp:size=4g --cap-drop ALL \
    --security-opt no-new-privileges --volume /mnt/nfs_uploads:/app/uploads --entrypoint node "$IMAGE" "$program"
}
