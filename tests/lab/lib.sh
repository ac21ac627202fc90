# shellcheck shell=bash disable=SC2034
# Settings and helpers shared by up, down and gnt. Sourced only.

LAB_STATE=${LAB_STATE:-/var/lib/gntlab}      # everything a running lab owns
LAB_CACHE=${LAB_CACHE:-/var/cache/gntlab}    # guest kernel + initrd, kept by down
LAB_NET=${LAB_NET:-10.249.0}                 # private /24 that exists on this machine only
LAB_DOMAIN=${LAB_DOMAIN:-gnt.test}
LAB_USER=${LAB_USER:-synnefo}                # RAPI user with write access
LAB_PASSWORD=${LAB_PASSWORD:-lab-secret}
STATE=$LAB_STATE CACHE=$LAB_CACHE

LAB=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
. "$LAB/../../appliance/ganeti/lib.sh"

MGMT_BR=gntlab        # host bridge: management network, carries RAPI
VM_BR=gntlab-vm       # host bridge: joins br0 of all nodes; the host has no address on it

# Cluster N has one node, which lives in cell cN.
cluster_name() { echo "c$1.$LAB_DOMAIN"; }
cluster_ip()   { echo "$LAB_NET.$(($1 * 10))"; }
node_name()    { echo "node1.c$1.$LAB_DOMAIN"; }
node_ip()      { echo "$LAB_NET.$(($1 * 10 + 1))"; }
luxi_socket()  { echo "$(cell_dir "c$1")/run/ganeti/socket/ganeti-query"; }

# All cells known on disk, running or not.
all_cells() { find "$LAB_STATE" -maxdepth 1 -type d -name 'c[0-9]' -printf '%f\n' 2>/dev/null | sort; }
