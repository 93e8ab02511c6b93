package org.pgpitr.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What a program said and how it ended.
 *
 * @param status the exit status
 * @param output what it wrote to both of its streams
 */
public record Program(int status, String output) {
    private static final long PATIENCE_SECONDS = 300;
    private static final long GRACE_SECONDS = 10;

    public boolean succeeded() {
        return status == 0;
    }

    /**
     * Runs a program to its end, without input.
     *
     * @param directory where it runs; the user it runs as must be able to read it
     * @param environment replaces the whole environment
     * @throws UncheckedIOException if it can't be started, or writes without an end
     */
    public static Program run(List<String> command, Path directory, Map<String, String> environment) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            Process process = builder.start();
            // Beside the waiting, which can be interrupted while reading can't.
            CompletableFuture<byte[]> output = CompletableFuture.supplyAsync(
                    () -> readAll(process), task -> daemon(task).start());
            try {
                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    throw new IOException(command.get(0) + " does not end");
                }
                return new Program(process.exitValue(), new String(output.join(), StandardCharsets.UTF_8));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while " + command.get(0) + " ran", e);
            } finally {
                end(process);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "output");
        thread.setDaemon(true);
        return thread;
    }

    /** Asks a process to end, and waits until it has, also when this thread is interrupted. */
    private static void end(Process process) {
        process.destroy();
        boolean interrupted = false;
        while (process.isAlive()) {
            try {
                if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static byte[] readAll(Process process) {
        try {
            return process.getInputStream().readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
