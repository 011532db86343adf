/* SPDX-License-Identifier: MIT */
/* net: what the system's resolver knows of names, and the kernel of interfaces. Look-ups block, so
 * the processor is given away meanwhile. */
#include "stdlib/natives.gen.h"

#include "base/buf.h"
#include "runtime/gc.h"
#include "stdlib/os/path.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <resolv.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- Names ---- */

/* Writes an address as 16 bytes: IPv4 ones are mapped into IPv6. */
static void copy_ip(unsigned char *out, const struct sockaddr *address)
{
    if (address->sa_family == AF_INET6) {
        memcpy(out, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, 16);
        return;
    }
    memset(out, 0, 10);
    memset(out + 10, 0xFF, 2);
    memcpy(out + 12, &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
}

static const char *lookup_reason(int failure)
{
    switch (failure) {
    case 0: return "";
    case EAI_NONAME:
#ifdef EAI_NODATA
    case EAI_NODATA:
#endif
        return "no such host";
    default: return gai_strerror(failure);
    }
}

void native_net_lookup(NativeCall *call)
{
    CPath host;
    if (!path_copy(&host, arg_string(call, 0))) return;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
    native_enter_blocking(call);
    int failure = getaddrinfo(host.text, NULL, &hints, &list);
    native_leave_blocking(call);
    path_free(&host);
    int64_t n = 0;
    for (struct addrinfo *at = list; at; at = at->ai_next) n++;
    unsigned char *addresses = gc_new_leaf((size_t)(n > 0 ? n : 1) * 16), *out = addresses;
    for (struct addrinfo *at = list; at; at = at->ai_next) {
        copy_ip(out, at->ai_addr);
        out += 16;
    }
    if (list) freeaddrinfo(list);
    const char *reason = lookup_reason(failure);
    ret_slice(call, 0, (Slice){addresses, n * 16, n * 16});
    ret_string(call, 3, string_copy(reason, (int64_t)strlen(reason)));
}

static void ret_text(NativeCall *call, int slot, const char *text)
{
    ret_string(call, slot, string_copy(text, (int64_t)strlen(text)));
}

void native_net_canonical(NativeCall *call)
{
    CPath host;
    if (!path_copy(&host, arg_string(call, 0))) return;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_CANONNAME}, *list = NULL;
    native_enter_blocking(call);
    int failure = getaddrinfo(host.text, NULL, &hints, &list);
    native_leave_blocking(call);
    if (list && list->ai_canonname) ret_text(call, 0, list->ai_canonname);
    if (list) freeaddrinfo(list);
    path_free(&host);
    ret_text(call, 2, lookup_reason(failure));
}

void native_net_reverse(NativeCall *call)
{
    Slice ip = arg_slice(call, 0);
    struct sockaddr_in6 ip6 = {.sin6_family = AF_INET6};
    struct sockaddr_in ip4 = {.sin_family = AF_INET};
    memcpy(&ip6.sin6_addr, ip.data, 16);
    memcpy(&ip4.sin_addr, (char *)ip.data + 12, 4);
    bool is_ip4 = IN6_IS_ADDR_V4MAPPED(&ip6.sin6_addr);
    const struct sockaddr *address = is_ip4 ? (struct sockaddr *)&ip4 : (struct sockaddr *)&ip6;
    char name[NI_MAXHOST];
    native_enter_blocking(call);
    int failure = getnameinfo(address, is_ip4 ? sizeof ip4 : sizeof ip6, name, sizeof name, NULL, 0,
                              NI_NAMEREQD);
    native_leave_blocking(call);
    if (failure == 0) ret_text(call, 0, name);
    ret_text(call, 2, lookup_reason(failure));
}

void native_net_query(NativeCall *call)
{
    enum { MOST = 65535 };
    CPath name;
    if (!path_copy(&name, arg_string(call, 0))) return;
    unsigned char *answer = gc_new_leaf(MOST);
    native_enter_blocking(call);
    int len = res_search(name.text, ns_c_in, (int)arg_int(call, 2), answer, MOST);
    int failure = h_errno;
    native_leave_blocking(call);
    path_free(&name);
    if (len < 0)
        ret_text(call, 3,
                 failure == HOST_NOT_FOUND || failure == NO_DATA ? "no such host"
                                                                 : "server misbehaving");
    else
        ret_slice(call, 0, (Slice){answer, len, len});
}

/* ---- Interfaces ---- */

/* IFF_ flags as package net numbers them. */
static unsigned portable_flags(unsigned flags)
{
    static const unsigned order[] = {IFF_UP,          IFF_BROADCAST, IFF_LOOPBACK,
                                     IFF_POINTOPOINT, IFF_MULTICAST, IFF_RUNNING};
    unsigned result = 0;
    for (unsigned i = 0; i < sizeof order / sizeof *order; i++)
        if (flags & order[i]) result |= 1u << i;
    return result;
}

static void describe_interface(Buf *out, const struct ifaddrs *at, int fd)
{
    const struct sockaddr_ll *link = (const void *)at->ifa_addr;
    struct ifreq request = {0};
    strncpy(request.ifr_name, at->ifa_name, sizeof request.ifr_name - 1);
    int mtu = ioctl(fd, SIOCGIFMTU, &request) == 0 ? request.ifr_mtu : 0;
    buf_printf(out, "i %d %d %u ", link->sll_ifindex, mtu, portable_flags(at->ifa_flags));
    bool has_address = false;
    for (int i = 0; i < link->sll_halen; i++) has_address = has_address || link->sll_addr[i] != 0;
    for (int i = 0; has_address && i < link->sll_halen; i++)
        buf_printf(out, "%s%02x", i ? ":" : "", link->sll_addr[i]);
    buf_printf(out, "%s %s\n", has_address ? "" : "-", at->ifa_name);
}

static int prefix_length(const unsigned char *mask)
{
    int bits = 0;
    for (int i = 0; i < 16; i++) bits += __builtin_popcount(mask[i]);
    return bits;
}

static void describe_address(Buf *out, const struct ifaddrs *at)
{
    unsigned char ip[16], mask[16];
    char text[INET6_ADDRSTRLEN];
    bool is_ip4 = at->ifa_addr->sa_family == AF_INET;
    copy_ip(ip, at->ifa_addr);
    copy_ip(mask, at->ifa_netmask);
    enum { MAPPED_BITS = 16 };
    inet_ntop(is_ip4 ? AF_INET : AF_INET6, is_ip4 ? ip + 12 : ip, text, sizeof text);
    buf_printf(out, "a %u %d %s\n", if_nametoindex(at->ifa_name),
               prefix_length(mask) - (is_ip4 ? MAPPED_BITS : 0), text);
}

void native_net_interfaces(NativeCall *call)
{
    Buf out = {0};
    struct ifaddrs *list = NULL;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (getifaddrs(&list) < 0) list = NULL;
    for (struct ifaddrs *at = list; at; at = at->ifa_next)
        if (at->ifa_addr && at->ifa_addr->sa_family == AF_PACKET) describe_interface(&out, at, fd);
    for (struct ifaddrs *at = list; at; at = at->ifa_next)
        if (at->ifa_addr && at->ifa_netmask &&
            (at->ifa_addr->sa_family == AF_INET || at->ifa_addr->sa_family == AF_INET6))
            describe_address(&out, at);
    if (list) freeifaddrs(list);
    if (fd >= 0) close(fd);
    ret_string(call, 0, string_copy(buf_str(&out), (int64_t)out.len));
    buf_free(&out);
}
