#include "store/test_store_util.h"
int main(void)
{
    return 0;
}
