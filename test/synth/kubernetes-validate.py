"""kubernetes-validate, which reads its schemas, 2 MB, for each object: here it reads them once."""

import functools
import sys

from kubernetes_validate import __main__, utils

utils.schema_contents = functools.cache(utils.schema_contents)
sys.exit(__main__.main())
