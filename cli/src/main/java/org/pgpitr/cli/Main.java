package org.pgpitr.cli;

/** Where the Java virtual machine enters. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.out.println("pgpitr " + Main.class.getPackage().getImplementationVersion());
    }
}
