package org.pgpitr.cli.window;

import org.pgpitr.repository.Generation;
import org.pgpitr.repository.window.WindowAnswer;

/** A window, and where it comes from. */
public record ShownWindow(Generation generation, WindowAnswer answer) {}
