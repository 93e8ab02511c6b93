package org.pgpitr.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pgpitr.cli.option.ConfigurationOptions;
import org.pgpitr.cli.option.OutputOptions;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.service.Progress;
import org.pgpitr.service.archive.PushLimits;
import org.pgpitr.service.config.ConfigKeys;
import org.pgpitr.service.config.Configuration;
import org.pgpitr.service.config.Entry;
import org.pgpitr.service.spool.Spool;
import org.pgpitr.service.stream.StreamListener;
import org.pgpitr.service.stream.StreamOptions;
import org.pgpitr.service.stream.StreamPosition;
import org.pgpitr.service.stream.StreamReceiver;
import org.pgpitr.service.stream.StreamStatusFile;
import org.pgpitr.service.wiring.Wiring;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Receives WAL over the replication protocol; makes and drops the slot for that. */
@Command(
        name = "stream",
        header = "Receive WAL as it is written, and keep it in the repository.",
        description = {
            "Streams from a physical replication slot of its own into every repository: new WAL of the segment that is"
                    + " being written once a second, whole segments as archive-push stores them. Beside archive_command,"
                    + " or with archive_mode = off. Runs until it is stopped, and goes on exactly where the repository"
                    + " ends when it is started again. The role needs the REPLICATION attribute.",
            "",
            "The slot keeps WAL on the server while nobody receives it: make it when you are about to start the receiver,"
                    + " watch it, and drop it when you no longer stream."
        },
        footer = {
            "  pgpitr stream --create-slot        once; then",
            "  pgpitr stream                      for good, as a service",
            "  pgpitr stream --drop-slot          when you no longer stream"
        })
public final class StreamCommand extends PgpitrCommand {
    private final Environment environment;

    @ArgGroup(exclusive = true)
    private SlotAction action;

    private static final class SlotAction {
        @Option(names = "--create-slot", description = "Make the replication slot, and end.")
        private boolean create;

        @Option(names = "--drop-slot", description = "Drop the replication slot, and end.")
        private boolean drop;
    }

    @Option(names = "--if-not-exists", description = "With --create-slot: a slot that is there already is fine.")
    private boolean ifNotExists;

    @Option(
            names = {"-S", "--slot"},
            paramLabel = "NAME",
            description = "The slot, instead of the configuration's.")
    private String slot;

    @Option(
            names = "--synchronous",
            description = "Store new WAL at once, for a server that waits for it (synchronous_standby_names).")
    private boolean synchronous;

    @Option(
            names = {"-n", "--no-loop"},
            description = "End when the server or the store goes away, instead of trying again.")
    private boolean noLoop;

    @Option(
            names = "--accept-gap",
            description =
                    "Begin with what the slot has, though the server no longer has the WAL between the repository's"
                            + " end and that. No recovery gets over the gap: take a backup then.")
    private boolean acceptGap;

    @ArgGroup(validate = false, heading = "%nConfiguration:%n", order = 1)
    private final ConfigurationOptions options = new ConfigurationOptions();

    @ArgGroup(validate = false, heading = "%nOutput:%n", order = 2)
    private final OutputOptions output = new OutputOptions();

    public StreamCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    ExitCode run() throws InterruptedException {
        List<Entry> flags = new ArrayList<>();
        if (slot != null) {
            flags.add(Entry.flag(ConfigKeys.STREAM_SLOT, slot, "--slot"));
        }
        if (synchronous) {
            flags.add(Entry.flag(ConfigKeys.STREAM_SYNCHRONOUS, "true", "--synchronous"));
        }
        Configuration configuration = options.load(environment, flags);
        try (Wiring wiring = ConfigurationOptions.wiring(configuration, environment)) {
            if (action != null) {
                slot(wiring, configuration.stream().slot());
            } else {
                receive(wiring, configuration);
            }
        }
        return ExitCode.OK;
    }

    private void slot(Wiring wiring, String name) {
        SlotWork work = new SlotWork(wiring.connection(), name);
        SlotWork.Done done = action.drop
                ? work.drop()
                : work.create(ifNotExists ? SlotWork.Existing.FINE : SlotWork.Existing.REFUSED);
        if (output.json()) {
            done.json().print(environment.out());
        } else {
            environment.out().println(done.sentence());
        }
    }

    private void receive(Wiring wiring, Configuration configuration) throws InterruptedException {
        Progress progress = output.progress(environment);
        if (!configuration.stream().enabled()) {
            progress.say("`enabled` in [stream] is false: `backup` and `check` do not count on this receiver");
        }
        StreamReceiver receiver = new StreamReceiver(
                wiring.connection(),
                wiring.repositories(),
                wiring.stream(
                        StreamOptions.OnNoSlot.FAIL,
                        acceptGap ? StreamOptions.OnMissing.GIVE_UP : StreamOptions.OnMissing.REQUIRE),
                new PushLimits(1),
                noLoop ? StreamReceiver.OnFailure.FAIL : StreamReceiver.OnFailure.RETRY_WHAT_PASSES,
                new Listener(progress),
                environment.clock());
        Optional<StreamStatusFile> told = LocalServer.ifHere(configuration)
                .map(dataDirectory -> StreamStatusFile.begin(
                        dataDirectory,
                        new Spool(Spool.root(environment.variables()), dataDirectory),
                        configuration.stream().slot(),
                        receiver::status,
                        progress::say,
                        environment.clock()));
        try {
            receiver.run();
        } catch (RuntimeException | Error e) {
            told.ifPresent(file -> file.failed(e));
            throw e;
        } finally {
            told.ifPresent(StreamStatusFile::close);
        }
    }

    private record Listener(Progress progress) implements StreamListener {
        @Override
        public void slotCreated(String slot, Lsn from) {
            progress.say(SlotWork.made(slot, from));
        }

        @Override
        public void streaming(StreamPosition from) {
            progress.say("streaming from " + from);
        }

        @Override
        public void switched(StreamPosition to) {
            progress.say("the server went on with timeline " + to.timeline());
        }

        @Override
        public void failed(RuntimeException failure) {
            String hint = failure instanceof PgpitrException known
                    ? known.hint().map(text -> " (" + text + ")").orElse("")
                    : "";
            progress.say(failure.getMessage() + hint + "; trying again");
        }
    }
}
