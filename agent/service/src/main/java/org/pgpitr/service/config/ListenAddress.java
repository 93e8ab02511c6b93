package org.pgpitr.service.config;

import java.net.InetSocketAddress;

/**
 * Where to listen. Just words: PostgreSQL's hooks read the configuration too, and need not load the network for it.
 *
 * @param port 0 for any that is free
 */
public record ListenAddress(String host, int port) {
    /**
     * Reads {@code 127.0.0.1:9837} or {@code [::1]:9837}.
     *
     * @throws IllegalArgumentException for any other text
     */
    static ListenAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        int port = Integer.parseInt(text.substring(colon + 1));
        if (!host.matches("[0-9A-Za-z._-]+|\\[[0-9A-Fa-f:.]+]") || port < 0 || port > 65535) {
            throw new IllegalArgumentException("not an address and a port: \"" + text + "\"");
        }
        return new ListenAddress(host, port);
    }

    /** Looks the host's name up, if it is one. */
    public InetSocketAddress resolve() {
        return new InetSocketAddress(host.replaceAll("[\\[\\]]", ""), port);
    }

    @Override
    public String toString() {
        return host + ":" + port;
    }
}
