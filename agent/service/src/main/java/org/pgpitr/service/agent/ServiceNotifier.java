package org.pgpitr.service.agent;

import java.io.IOException;
import java.net.DatagramPacket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import org.newsclub.net.unix.AFUNIXDatagramSocket;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/** Tells systemd how the service gets on, by its {@code sd_notify} protocol. Without systemd it tells nobody. */
public final class ServiceNotifier {
    private final Optional<String> address;
    private final Optional<Duration> watchdog;

    private ServiceNotifier(Optional<String> address, Optional<Duration> watchdog) {
        this.address = address;
        this.watchdog = watchdog;
    }

    /** As the environment says: {@code NOTIFY_SOCKET}, {@code WATCHDOG_USEC}. */
    public static ServiceNotifier of(Map<String, String> environment) {
        return new ServiceNotifier(
                Optional.ofNullable(environment.get("NOTIFY_SOCKET")).filter(text -> !text.isEmpty()),
                Optional.ofNullable(environment.get("WATCHDOG_USEC"))
                        .filter(text -> text.matches("[0-9]{1,18}"))
                        .map(text -> Duration.of(Long.parseLong(text), ChronoUnit.MICROS)));
    }

    /** Within which time systemd wants a sign of life; empty if it does not ask for any. */
    Optional<Duration> watchdog() {
        return watchdog;
    }

    void ready() throws IOException {
        send("READY=1\nSTATUS=archiving");
    }

    void alive() throws IOException {
        send("WATCHDOG=1");
    }

    void stopping() throws IOException {
        send("STOPPING=1");
    }

    private void send(String message) throws IOException {
        if (address.isEmpty()) {
            return;
        }
        String name = address.get();
        AFUNIXSocketAddress socket = name.startsWith("@")
                ? AFUNIXSocketAddress.inAbstractNamespace(name.substring(1))
                : AFUNIXSocketAddress.of(Path.of(name));
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        try (AFUNIXDatagramSocket sender = AFUNIXDatagramSocket.newInstance()) {
            sender.connect(socket);
            sender.send(new DatagramPacket(bytes, bytes.length));
        }
    }
}
