/* SPDX-License-Identifier: MIT */
/* net: sockets. None blocks: what would have to wait parks in the poller. Addresses are given as 16
 * bytes, IPv4 ones mapped into IPv6, and returned as the system has them. Natives that report
 * failure return an error number, 0 for success. */
#include "stdlib/natives.gen.h"

#include "runtime/gc.h"
#include "runtime/netpoll.h"
#include "runtime/sched.h"
#include "stdlib/os/transfer.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* ---- Addresses ---- */

typedef union Address {
    struct sockaddr any;
    struct sockaddr_in ip4;
    struct sockaddr_in6 ip6;
    struct sockaddr_un local;
    struct sockaddr_storage storage;
} Address;

static const unsigned char mapped_prefix[12] = {[10] = 0xFF, [11] = 0xFF};

static bool is_ip4(Slice ip)
{
    return ip.len == 16 && memcmp(ip.data, mapped_prefix, sizeof mapped_prefix) == 0;
}

/* Builds the address of a path (where it is not empty) or of ip and port; ip may be empty for any.
 * `family` is the socket's. Returns its size, 0 where the path is too long. */
static socklen_t make_address(Address *out, int family, String path, Slice ip, int64_t port)
{
    memset(out, 0, sizeof *out);
    out->any.sa_family = (sa_family_t)family;
    if (family == AF_UNIX) {
        if ((size_t)path.len >= sizeof out->local.sun_path) return 0;
        memcpy(out->local.sun_path, path.data, (size_t)path.len);
        if (path.data[0] == '@') out->local.sun_path[0] = 0; /* abstract name */
        bool is_abstract = path.data[0] == '@';
        return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)path.len +
                           !is_abstract);
    }
    if (family == AF_INET) {
        out->ip4.sin_port = htons((uint16_t)port);
        if (ip.len == 16) memcpy(&out->ip4.sin_addr, (char *)ip.data + 12, 4);
        return sizeof out->ip4;
    }
    out->ip6.sin6_port = htons((uint16_t)port);
    if (ip.len == 16) memcpy(&out->ip6.sin6_addr, ip.data, 16);
    return sizeof out->ip6;
}

/* The 4 or 16 bytes of an address as a collected slice, and its port. */
static Slice address_ip(const Address *address, int *port)
{
    bool is_ip4 = address->any.sa_family == AF_INET;
    int64_t len = is_ip4 ? 4 : 16;
    unsigned char *ip = gc_new_leaf((size_t)len);
    *port = ntohs(is_ip4 ? address->ip4.sin_port : address->ip6.sin6_port);
    memcpy(ip, is_ip4 ? (const void *)&address->ip4.sin_addr : &address->ip6.sin6_addr,
           (size_t)len);
    return (Slice){ip, len, len};
}

/* The path of a Unix address of some size, empty for one without; names that are no files begin
 * with @. */
static String address_path(Address *address, socklen_t size)
{
    int64_t len = (int64_t)size - (int64_t)offsetof(struct sockaddr_un, sun_path);
    char *path = address->local.sun_path;
    if (len <= 0) return (String){0};
    if (path[0] == 0)
        path[0] = '@';
    else
        len = (int64_t)strnlen(path, (size_t)len);
    return string_copy(path, len);
}

static int socket_family(int fd)
{
    int family = AF_UNSPEC;
    socklen_t size = sizeof family;
    getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size);
    return family;
}

/* ---- Making sockets ---- */

/* Whether the machine has IPv6 sockets that also take IPv4. */
static int any_family(void)
{
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return AF_INET;
    Address address;
    socklen_t size = make_address(&address, AF_INET6, (String){0}, (Slice){0}, 0);
    bool usable = bind(fd, &address.any, size) == 0;
    close(fd);
    return usable ? AF_INET6 : AF_INET;
}

void native_net_socket(NativeCall *call)
{
    String path = arg_string(call, 0);
    Slice ip = arg_slice(call, 2);
    int kind = (int)arg_int(call, 5);
    int family = path.len > 0  ? AF_UNIX
                 : ip.len == 0 ? any_family()
                 : is_ip4(ip)  ? AF_INET
                               : AF_INET6;
    int fd = socket(family, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, (int)arg_int(call, 6));
    if (fd < 0) {
        ret_int(call, 1, errno);
        return;
    }
    if (family == AF_INET6) {
        int only = ip.len != 0;
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
    }
    if (kind != SOCK_STREAM) setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &(int){1}, sizeof(int));
    ret_int(call, 0, fd);
}

static void ret_status(NativeCall *call, int slot, int result)
{
    ret_int(call, slot, result < 0 ? errno : 0);
}

/* (fd int, path string, ip []byte, port int): the address in args 1…; 0 after reporting a bad one.
 */
static socklen_t take_address(NativeCall *call, int fd, Address *address)
{
    socklen_t size = make_address(address, socket_family(fd), arg_string(call, 1),
                                  arg_slice(call, 3), arg_int(call, 6));
    if (size == 0) ret_int(call, 0, EINVAL);
    return size;
}

void native_net_bind(NativeCall *call)
{
    int fd = (int)arg_int(call, 0);
    Address address;
    socklen_t size = take_address(call, fd, &address);
    if (size > 0) ret_status(call, 0, bind(fd, &address.any, size));
}

void native_net_connect(NativeCall *call)
{
    int fd = (int)arg_int(call, 0);
    Address address;
    socklen_t size = take_address(call, fd, &address);
    if (size > 0) ret_status(call, 0, connect(fd, &address.any, size));
}

void native_net_listen(NativeCall *call)
{
    ret_status(call, 0, listen((int)arg_int(call, 0), SOMAXCONN));
}

void native_net_socketError(NativeCall *call)
{
    int error = 0;
    socklen_t size = sizeof error;
    int fd = (int)arg_int(call, 0);
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0) error = errno;
    Address peer;
    size = sizeof peer;
    if (error == 0 && getpeername(fd, &peer.any, &size) < 0 && errno == ENOTCONN)
        error = EINPROGRESS;
    ret_int(call, 0, error);
}

void native_net_address(NativeCall *call)
{
    int fd = (int)arg_int(call, 0), port = 0;
    Address address = {0};
    socklen_t size = sizeof address;
    int result = arg_bool(call, 1) ? getpeername(fd, &address.any, &size)
                                   : getsockname(fd, &address.any, &size);
    if (result < 0) return;
    if (address.any.sa_family == AF_UNIX) {
        ret_string(call, 0, address_path(&address, size));
        return;
    }
    ret_slice(call, 2, address_ip(&address, &port));
    ret_int(call, 5, port);
}

void native_net_shutdown(NativeCall *call)
{
    ret_status(call, 0, shutdown((int)arg_int(call, 0), arg_bool(call, 1) ? SHUT_WR : SHUT_RD));
}

void native_net_setOption(NativeCall *call)
{
    static const struct {
        const char *name;
        int level, option;
    } options[] = {
        {"nodelay", IPPROTO_TCP, TCP_NODELAY},     {"keepalive", SOL_SOCKET, SO_KEEPALIVE},
        {"keepidle", IPPROTO_TCP, TCP_KEEPIDLE},   {"reuseaddr", SOL_SOCKET, SO_REUSEADDR},
        {"keepintvl", IPPROTO_TCP, TCP_KEEPINTVL}, {"keepcnt", IPPROTO_TCP, TCP_KEEPCNT},
        {"rcvbuf", SOL_SOCKET, SO_RCVBUF},         {"sndbuf", SOL_SOCKET, SO_SNDBUF},
    };
    int fd = (int)arg_int(call, 0), value = (int)arg_int(call, 3);
    String name = arg_string(call, 1);
    if (name.len == 6 && memcmp(name.data, "linger", 6) == 0) {
        struct linger linger = {.l_onoff = value >= 0, .l_linger = value};
        ret_status(call, 0, setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
        return;
    }
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (strlen(options[i].name) == (size_t)name.len &&
            memcmp(options[i].name, name.data, (size_t)name.len) == 0)
            ret_status(call, 0,
                       setsockopt(fd, options[i].level, options[i].option, &value, sizeof value));
}

/* ---- Operations that wait ---- */

void native_net_read(NativeCall *call)
{
    transfer_read(call);
}

void native_net_write(NativeCall *call)
{
    transfer_write(call);
}

/* Tries an operation until it does not ask to wait. `poll` and the slot for failures say where;
 * again is the native to go on with. */
typedef bool TryFn(NativeCall *call);

static void try_until_ready(NativeCall *call, TryFn *try, NativeFn *again, PollDesc *poll,
                            PollMode mode, int slot)
{
    while (!try(call)) {
        native_will_park(call, again);
        if (!poll_wait(call->g, poll, mode)) {
            native_parked(call);
            return;
        }
        native_wont_park(call);
        int failed = transfer_wake_failure(call->g);
        if (failed) {
            ret_int(call, slot, failed);
            return;
        }
    }
}

/* Goes on after a park: reports how the wait failed, or tries again through `native`. */
static void resume(NativeCall *call, NativeFn *native, int slot)
{
    int failed = transfer_wake_failure(call->g);
    if (failed)
        ret_int(call, slot, failed);
    else
        native(call);
}

static bool must_wait(void)
{
    return errno == EAGAIN || errno == EINTR;
}

static bool try_accept(NativeCall *call)
{
    int fd = accept4((int)arg_int(call, 0), NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && (must_wait() || errno == ECONNABORTED)) return false;
    ret_int(call, 0, fd);
    ret_status(call, 1, fd);
    return true;
}

static void accept_again(NativeCall *call)
{
    resume(call, native_net_accept, 1);
}

void native_net_accept(NativeCall *call)
{
    try_until_ready(call, try_accept, accept_again, arg_ptr(call, 1), POLL_READ, 1);
}

static bool try_receive(NativeCall *call)
{
    Slice buffer = arg_slice(call, 2), oob = arg_slice(call, 5);
    Address from = {0};
    struct iovec part = {buffer.data, (size_t)buffer.len};
    struct msghdr message = {.msg_name = &from,
                             .msg_namelen = sizeof from,
                             .msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = oob.len ? oob.data : NULL,
                             .msg_controllen = (size_t)oob.len};
    ssize_t n = recvmsg((int)arg_int(call, 0), &message, MSG_CMSG_CLOEXEC);
    if (n < 0 && must_wait()) return false;
    ret_int(call, 0, n < 0 ? 0 : n);
    ret_status(call, 3, n < 0 ? -1 : 0);
    if (n < 0) return true;
    ret_int(call, 1, (int64_t)message.msg_controllen);
    ret_int(call, 2, message.msg_flags);
    if (message.msg_namelen == 0) return true;
    if (from.any.sa_family == AF_UNIX) {
        ret_string(call, 4, address_path(&from, message.msg_namelen));
        return true;
    }
    int port = 0;
    ret_int(call, 2, message.msg_flags & ~MSG_CMSG_CLOEXEC);
    ret_slice(call, 6, address_ip(&from, &port));
    ret_int(call, 9, port);
    return true;
}

static void receive_again(NativeCall *call)
{
    resume(call, native_net_receive, 3);
}

void native_net_receive(NativeCall *call)
{
    try_until_ready(call, try_receive, receive_again, arg_ptr(call, 1), POLL_READ, 3);
}

static bool try_send(NativeCall *call)
{
    int fd = (int)arg_int(call, 0);
    Slice buffer = arg_slice(call, 2), oob = arg_slice(call, 5), ip = arg_slice(call, 10);
    String path = arg_string(call, 8);
    Address to;
    socklen_t size = 0;
    if (path.len > 0 || ip.len > 0)
        size = make_address(&to, socket_family(fd), path, ip, arg_int(call, 13));
    struct iovec part = {buffer.data, (size_t)buffer.len};
    struct msghdr message = {.msg_name = size ? &to : NULL,
                             .msg_namelen = size,
                             .msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = oob.len ? oob.data : NULL,
                             .msg_controllen = (size_t)oob.len};
    ssize_t n = sendmsg(fd, &message, MSG_NOSIGNAL);
    if (n < 0 && must_wait()) return false;
    ret_int(call, 0, n < 0 ? 0 : n);
    ret_status(call, 1, n < 0 ? -1 : 0);
    return true;
}

static void send_again(NativeCall *call)
{
    resume(call, native_net_send, 1);
}

void native_net_send(NativeCall *call)
{
    try_until_ready(call, try_send, send_again, arg_ptr(call, 1), POLL_WRITE, 1);
}

static void waited(NativeCall *call)
{
    ret_int(call, 0, transfer_wake_failure(call->g));
}

void native_net_waitWrite(NativeCall *call)
{
    native_will_park(call, waited);
    if (!poll_wait(call->g, arg_ptr(call, 0), POLL_WRITE)) {
        native_parked(call);
        return;
    }
    native_wont_park(call);
    waited(call);
}

/* ---- Descriptors ---- */

void native_net_closeSocket(NativeCall *call)
{
    close((int)arg_int(call, 0));
}

void native_net_pollOpen(NativeCall *call)
{
    ret_ptr(call, 0, poll_open((int)arg_int(call, 0)));
}

void native_net_pollClose(NativeCall *call)
{
    poll_close(arg_ptr(call, 0));
}

void native_net_pollFree(NativeCall *call)
{
    poll_free(arg_ptr(call, 0));
}

/* func setDeadline(poll unsafe.Pointer, mode int, when int64): mode 'r', 'w' or their sum; when is
 * ns from now. */
void native_net_setDeadline(NativeCall *call)
{
    int64_t mode = arg_int(call, 1), when = arg_int(call, 2);
    if (when > 0 && __builtin_add_overflow(when, sched_nanotime(), &when)) when = 0;
    if (mode != 'w') poll_set_deadline(arg_ptr(call, 0), POLL_READ, when);
    if (mode != 'r') poll_set_deadline(arg_ptr(call, 0), POLL_WRITE, when);
}

void native_net_duplicate(NativeCall *call)
{
    int fd = fcntl((int)arg_int(call, 0), F_DUPFD_CLOEXEC, 0);
    ret_int(call, 0, fd);
    ret_status(call, 1, fd);
}

/* func describe(fd int) (family, kind, errno int): 4, 6 or 1 (Unix); makes it non-blocking. */
void native_net_describe(NativeCall *call)
{
    int fd = (int)arg_int(call, 0), kind = 0;
    socklen_t size = sizeof kind;
    int result = getsockopt(fd, SOL_SOCKET, SO_TYPE, &kind, &size);
    ret_status(call, 2, result);
    if (result < 0) return;
    int family = socket_family(fd);
    ret_int(call, 0, family == AF_INET ? 4 : family == AF_INET6 ? 6 : 1);
    ret_int(call, 1, kind);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

/* func joinGroup(fd int, group []byte, interfaceIndex int) (errno int) */
void native_net_joinGroup(NativeCall *call)
{
    int fd = (int)arg_int(call, 0), index = (int)arg_int(call, 4);
    Slice group = arg_slice(call, 1);
    if (is_ip4(group)) {
        struct ip_mreqn request = {.imr_ifindex = index};
        memcpy(&request.imr_multiaddr, (char *)group.data + 12, 4);
        ret_status(call, 0,
                   setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request));
        return;
    }
    struct ipv6_mreq request = {.ipv6mr_interface = (unsigned)index};
    memcpy(&request.ipv6mr_multiaddr, group.data, 16);
    ret_status(call, 0, setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &request, sizeof request));
}
