import { Command } from 'commander';
import { backupCommand } from './backup.ts';
import { envCommand } from './env.ts';
import { forwardCommand } from './forward.ts';
import { globalStartCommand, globalStopCommand } from './global.ts';
import { initProjectCommand } from './init.ts';
import { listCommand } from './list.ts';
import { logsCommand } from './logs.ts';
import { rebuildCommand, resetCommand, restartCommand, startCommand, stopCommand } from './project.ts';
import { restoreCommand } from './restore.ts';
import { rotateGlobalCommand, rotateProjectCommand } from './rotate.ts';
import { runCommandCommand } from './run.ts';
import { globalShellCommand, projectShellCommand } from './shell.ts';
import { statusCommand } from './status.ts';

const globalCommand = () =>
  new Command('global')
    .summary('the tier that all projects share')
    .description('The global tier: Redis, MinIO and their consoles, shared by all projects.')
    .addCommand(globalStartCommand())
    .addCommand(globalStopCommand())
    .addCommand(globalShellCommand())
    .addCommand(rotateGlobalCommand())
    .addCommand(statusCommand('global'));

const projectCommand = () =>
  new Command('project')
    .summary('one project: start, stop, logs, rebuild, backup, …')
    .description('One project and its namespace. It may be named by its short name, its folder, or the folder’s name.')
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
    .summary('the tiers and projects of the environment')
    .description('Start, stop and look at the tiers of the environment, and scaffold projects.')
    .addCommand(globalCommand())
    .addCommand(projectCommand())
    .addCommand(listCommand())
    .addCommand(statusCommand('all'))
    .addCommand(initProjectCommand())
    .addCommand(envCommand());
