// Makes the calls that stand in standard input (a JSON array of {service, method?, data}) with the Feathers REST client,
// one after the other, and prints one JSON line for what each came to: {result} or {error}.
import { FeathersError } from '@feathersjs/errors';
import { feathers } from '@feathersjs/feathers';
import rest from '@feathersjs/rest-client';
import { text } from 'node:stream/consumers';

const app = feathers();
app.configure(rest(process.argv[2]).fetch(fetch));

for (const { service, method = 'create', data } of JSON.parse(await text(process.stdin))) {
  try {
    const result = await (method === 'create' ? app.service(service).create(data) : app.service(service)[method](data));
    console.log(JSON.stringify({ result }));
  } catch (error) {
    console.log(JSON.stringify({
      error: {
        type: error.constructor.name,
        isFeathersError: error instanceof FeathersError,
        name: error.name,
        code: error.code,
        className: error.className,
        message: error.message,
        data: error.data,
        success: error.success,
        actionName: error.actionName,
        details: error.error,
      },
    }));
  }
}
