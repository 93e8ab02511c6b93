package org.pgpitr.storage.s3.server;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** An {@link S3Server} as a process of its own, to be killed; begins with what an earlier one has kept in its folder. */
public final class S3ServerMain {
    private S3ServerMain() {}

    /** @param args the folder, the port, and by how many milliseconds each request is delayed; not at all without that */
    public static void main(String[] args) throws IOException {
        try (S3Server server = S3Server.startAgain(Path.of(args[0]), Integer.parseInt(args[1]))) {
            if (args.length > 2) {
                Fault late = new Fault.Delay(Duration.ofMillis(Long.parseLong(args[2])));
                server.door().always(request -> true, late);
            }
            System.out.println("at " + server.endpoint());
            System.in.transferTo(System.out); // the end of the one who started it is its end
        }
    }
}
