# Exports uploads/{original,processed,temp}, on a separate volume that stays when the host is replaced.
set -euo pipefail
dnf install -y nfs-utils
until [ -b "$DATA_DEVICE" ]; do sleep 2; done
blkid "$DATA_DEVICE" || mkfs.xfs "$DATA_DEVICE"

mkdir -p /mnt/nfs_share
echo "$DATA_DEVICE /mnt/nfs_share xfs noatime,nofail 0 2" >>/etc/fstab
mount /mnt/nfs_share
mkdir -p /mnt/nfs_share/uploads/{original,processed,temp}
chown -R "$PRODUCT_UID:$PRODUCT_GID" /mnt/nfs_share/uploads

echo "/mnt/nfs_share/uploads $BACKEND_ADDRESS(rw,sync,no_subtree_check) $WORKER_ADDRESS(rw,sync,no_subtree_check)" >/etc/exports
systemctl enable --now rpcbind nfs-server
exportfs -ra
