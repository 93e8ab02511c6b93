package org.pgpitr.cli;

import org.pgpitr.cli.terminal.Environment;

/** Where the Java virtual machine enters. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        // Or picocli looks for Groovy, in every jar of the class path: a sixth of the time that a hook takes.
        System.setProperty("picocli.disable.closures", "true");
        Environment environment = Environment.ofProcess();
        int status = Interruption.during(() -> new Cli(environment).run(args));
        environment.out().flush();
        environment.err().flush();
        System.exit(status);
    }
}
