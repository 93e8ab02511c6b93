package org.pgpitr.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.pgpitr.cli.command.AgentCommand;
import org.pgpitr.cli.command.ArchiveGetCommand;
import org.pgpitr.cli.command.ArchivePushCommand;
import org.pgpitr.cli.command.BackupCommand;
import org.pgpitr.cli.command.CheckCommand;
import org.pgpitr.cli.command.CompletionCommand;
import org.pgpitr.cli.command.ConfigCheckCommand;
import org.pgpitr.cli.command.ConfigCommand;
import org.pgpitr.cli.command.ConfigSampleCommand;
import org.pgpitr.cli.command.ConfigShowCommand;
import org.pgpitr.cli.command.DemoCommand;
import org.pgpitr.cli.command.ExpireCommand;
import org.pgpitr.cli.command.FindCommand;
import org.pgpitr.cli.command.IndexCommand;
import org.pgpitr.cli.command.IndexRebuildCommand;
import org.pgpitr.cli.command.InitCommand;
import org.pgpitr.cli.command.KeygenCommand;
import org.pgpitr.cli.command.ListCommand;
import org.pgpitr.cli.command.PinCommand;
import org.pgpitr.cli.command.PlanCommand;
import org.pgpitr.cli.command.RestoreCommand;
import org.pgpitr.cli.command.RootCommand;
import org.pgpitr.cli.command.StatusCommand;
import org.pgpitr.cli.command.StreamCommand;
import org.pgpitr.cli.command.UnpinCommand;
import org.pgpitr.cli.command.VerifyCommand;
import org.pgpitr.cli.command.VersionCommand;
import org.pgpitr.cli.command.WindowCommand;
import org.pgpitr.cli.terminal.Environment;
import picocli.CommandLine;

/**
 * All commands, in the order of the help. Making one is slow enough to matter to PostgreSQL's hooks, so only those are
 * made whose names stand in the command line; all of them if none does.
 */
final class Commands {
    private static final Map<String, Function<Environment, CommandLine>> ALL = new LinkedHashMap<>();

    static {
        ALL.put("init", environment -> new CommandLine(new InitCommand(environment)));
        ALL.put("check", environment -> new CommandLine(new CheckCommand(environment)));
        ALL.put("backup", environment -> new CommandLine(new BackupCommand(environment)));
        ALL.put("list", environment -> new CommandLine(new ListCommand(environment)));
        ALL.put("window", environment -> new CommandLine(new WindowCommand(environment)));
        ALL.put("find", environment -> new CommandLine(new FindCommand(environment)));
        ALL.put("plan", environment -> new CommandLine(new PlanCommand(environment)));
        ALL.put("restore", environment -> new CommandLine(new RestoreCommand(environment)));
        ALL.put("verify", environment -> new CommandLine(new VerifyCommand(environment)));
        ALL.put("expire", environment -> new CommandLine(new ExpireCommand(environment)));
        ALL.put("pin", environment -> new CommandLine(new PinCommand(environment)));
        ALL.put("unpin", environment -> new CommandLine(new UnpinCommand(environment)));
        ALL.put("archive-push", environment -> new CommandLine(new ArchivePushCommand(environment)));
        ALL.put("archive-get", environment -> new CommandLine(new ArchiveGetCommand(environment)));
        ALL.put("agent", environment -> new CommandLine(new AgentCommand(environment)));
        ALL.put("status", environment -> new CommandLine(new StatusCommand(environment)));
        ALL.put("stream", environment -> new CommandLine(new StreamCommand(environment)));
        ALL.put(
                "index",
                environment -> new CommandLine(new IndexCommand()).addSubcommand(new IndexRebuildCommand(environment)));
        ALL.put("keygen", environment -> new CommandLine(new KeygenCommand(environment)));
        ALL.put(
                "config",
                environment -> new CommandLine(new ConfigCommand())
                        .addSubcommand(new ConfigShowCommand(environment))
                        .addSubcommand(new ConfigCheckCommand(environment))
                        .addSubcommand(new ConfigSampleCommand(environment)));
        ALL.put("demo", environment -> new CommandLine(new DemoCommand(environment)));
        ALL.put("completion", environment -> new CommandLine(new CompletionCommand(environment)));
        ALL.put("version", environment -> new CommandLine(new VersionCommand(environment)));
        ALL.put("warm-up", environment -> new CommandLine(new WarmUpCommand(environment)));
    }

    private Commands() {}

    static CommandLine commandLine(Environment environment, List<String> args) {
        Set<String> named = args.stream().filter(ALL::containsKey).collect(Collectors.toSet());
        boolean all = named.isEmpty() || named.contains("completion");
        CommandLine root = new CommandLine(new RootCommand());
        ALL.forEach((name, maker) -> {
            if (all || named.contains(name)) {
                root.addSubcommand(name, maker.apply(environment));
            }
        });
        return root;
    }
}
