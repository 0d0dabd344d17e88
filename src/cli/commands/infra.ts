import { Command } from 'commander';
import { backupCommand } from './backup.ts';
import { envCommand } from './env.ts';
import { forwardCommand } from './forward.ts';
import { initProjectCommand } from './init.ts';
import { listCommand } from './list.ts';
import { logsCommand } from './logs.ts';
import { rebuildCommand, resetCommand, restartCommand } from './project.ts';
import { restoreCommand } from './restore.ts';
import { rotateGlobalCommand, rotateProjectCommand } from './rotate.ts';
import { runCommandCommand } from './run.ts';
import { globalShellCommand, projectShellCommand } from './shell.ts';
import { globalStartCommand, startCommand } from './start.ts';
import { statusCommand } from './status.ts';
import { globalStopCommand, stopCommand } from './stop.ts';

const globalCommand = () =>
  new Command('global')
    .summary('manage the tier that all projects share')
    .description('Manage the global tier: Redis, MinIO and their consoles, shared by all projects.')
    .addCommand(globalStartCommand())
    .addCommand(globalStopCommand())
    .addCommand(globalShellCommand())
    .addCommand(rotateGlobalCommand())
    .addCommand(statusCommand('global'));

const projectCommand = () =>
  new Command('project')
    .summary('manage one project: start, stop, logs, rebuild, backup, …')
    .description('Manage one project. Name it by its short name, its folder, or the name of the folder.')
    .addCommand(startCommand())
    .addCommand(stopCommand())
    .addCommand(restartCommand())
    .addCommand(logsCommand())
    .addCommand(rebuildCommand())
    .addCommand(statusCommand('project'))
    .addCommand(forwardCommand())
    .addCommand(runCommandCommand())
    .addCommand(projectShellCommand())
    .addCommand(rotateProjectCommand())
    .addCommand(backupCommand())
    .addCommand(restoreCommand())
    .addCommand(resetCommand());

export const infraCommand = () =>
  new Command('infra')
    .summary('manage the tiers and projects of the environment')
    .description('Start, stop and inspect the tiers and projects of the environment, and create projects.')
    .addCommand(globalCommand())
    .addCommand(projectCommand())
    .addCommand(listCommand())
    .addCommand(statusCommand('all'))
    .addCommand(initProjectCommand())
    .addCommand(envCommand());
